/** An object that a native module of Node's gives: what programs and tools can put their own functions into. */
export type Held = Record<string, unknown>;

/**
 * `process.binding` is deprecated (DEP0111), but the only way to what tools replace, and to Node's own source. With
 * `--pending-deprecation` it warns or throws, unless deprecations are off meanwhile. undefined where there is none.
 */
export function nodeBinding(name: string): Held | undefined {
  const before = Object.getOwnPropertyDescriptor(process, 'noDeprecation');
  try {
    Object.defineProperty(process, 'noDeprecation', switchedOff);
    return (process as unknown as { binding(name: string): Held }).binding(name);
  } catch {
    return undefined;
  } finally {
    if (before === undefined) Reflect.deleteProperty(process, 'noDeprecation');
    else
      Reflect.defineProperty(process, 'noDeprecation', { __proto__: null, ...before } as PropertyDescriptor);
  }
}

const switchedOff = { __proto__: null, value: true, configurable: true } as PropertyDescriptor;
