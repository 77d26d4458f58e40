/**
 * Fields that do not depend on `Object.prototype`. An assignment, `Object.assign` too, runs a setter that a program has
 * put there, and throws where it has put a getter or a read-only value; a definition does neither.
 */
export function withFields<T extends object, F extends object>(target: T, fields: F): T & F {
  for (const key of Object.keys(fields)) defineField(target, key, fields[key as keyof F]);
  return target as T & F;
}

function defineField(target: object, key: string, value: unknown): void {
  // a descriptor is an object like any other: `get` on Object.prototype would be read as one of its fields
  const descriptor = { __proto__: null, value, writable: true, enumerable: true, configurable: true };
  Object.defineProperty(target, key, descriptor as PropertyDescriptor);
}
