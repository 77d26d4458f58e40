/** An object of a native module of Node's, whose functions other code can replace. */
export type NativeObject = Record<string, unknown>;

/**
 * `process.binding`, or undefined. It is deprecated (DEP0111), but the only access to the native functions that tools
 * replace, and to Node's own source. With `--pending-deprecation` it would warn or throw, so deprecations are off here.
 */
export function nodeBinding(name: string): NativeObject | undefined {
  const before = Object.getOwnPropertyDescriptor(process, 'noDeprecation');
  try {
    Object.defineProperty(process, 'noDeprecation', switchedOff);
    return (process as unknown as { binding(name: string): NativeObject }).binding(name);
  } catch {
    return undefined;
  } finally {
    if (before === undefined) Reflect.deleteProperty(process, 'noDeprecation');
    else
      Reflect.defineProperty(process, 'noDeprecation', { __proto__: null, ...before } as PropertyDescriptor);
  }
}

const switchedOff = { __proto__: null, value: true, configurable: true } as PropertyDescriptor;
