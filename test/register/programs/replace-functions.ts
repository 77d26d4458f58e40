// Preloaded: replaces functions of node:child_process, as instruments do.
import { calls, replaceable as cp } from './observed.js';
import { preloadedParameters } from './preloaded-parameters.js';

type Callable = (this: unknown, ...args: unknown[]) => unknown;

function wrapperOf(name: string, original: Callable): Callable {
  return function (...args) {
    calls.push(name);
    return original.apply(this, args);
  };
}

const manners: Record<string, (name: string, original: Callable) => void> = {
  'a plain wrapper'(name, original) {
    cp[name] = wrapperOf(name, original);
  },
  'a wrapper that looks like what it wraps (shimmer)'(name, original) {
    const wrapped = wrapperOf(name, original);
    Object.defineProperties(wrapped, { ...Object.getOwnPropertyDescriptors(original) });
    Object.defineProperty(cp, name, { configurable: true, enumerable: true, writable: true, value: wrapped });
  },
  'a Proxy'(name, original) {
    cp[name] = new Proxy(original, {
      apply(target, self, args) {
        calls.push(name);
        return Reflect.apply(target, self, args);
      },
    });
  },
  'a bound function'(name, original) {
    cp[name] = original.bind(undefined);
  },
  'a getter'(name, original) {
    const wrapped = wrapperOf(name, original);
    Object.defineProperty(cp, name, { configurable: true, enumerable: true, get: () => wrapped });
  },
};

const { manner, names } = preloadedParameters<{ manner: string; names: readonly string[] }>(import.meta.url);
for (const name of names) manners[manner]?.(name, cp[name] as Callable);
