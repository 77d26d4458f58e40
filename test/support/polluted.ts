/** Calls `act` while Object.prototype has these properties, as if by an attack or a careless library. */
export function polluted<T>(properties: Readonly<Record<string, unknown>>, act: () => T): T {
  const names = Object.keys(properties);
  for (const name of names)
    Object.defineProperty(Object.prototype, name, {
      value: properties[name],
      enumerable: false,
      configurable: true,
      writable: true,
    });
  try {
    return act();
  } finally {
    for (const name of names) Reflect.deleteProperty(Object.prototype, name);
  }
}
