/**
 * Sets fields whatever is on `Object.prototype`. An assignment, also by `Object.assign`, calls a setter that a program
 * has put there, and throws if it has put a getter or a read-only value there; a definition does neither.
 */
export function withFields<T extends object, F extends object>(target: T, fields: F): T & F {
  for (const key of Object.keys(fields)) defineField(target, key, fields[key as keyof F]);
  return target as T & F;
}

function defineField(target: object, key: string, value: unknown): void {
  // Without a prototype: a `get` on Object.prototype would be read as part of the descriptor.
  const descriptor = { __proto__: null, value, writable: true, enumerable: true, configurable: true };
  Object.defineProperty(target, key, descriptor as PropertyDescriptor);
}
