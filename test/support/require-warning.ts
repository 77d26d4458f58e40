/**
 * Node 22.12 warns of the first require() of an ES module, which this package is; 22.13 and later, and 20, do not. Text
 * without that.
 */
export function withoutRequireWarning(text: string): string {
  return text.replace(warning, '');
}

const warning =
  /^(?:\(node:\d+\) ExperimentalWarning: )?(?:CommonJS module \S+|--require) is loading ES Module \S+ using require\(\)\.\nSupport for loading ES Module in require\(\) is an experimental feature and might change at any time(?:\n\(Use `.*)?\n?/gm;
