import { builtin } from './builtin.js';

const { existsSync } = builtin('node:fs');
const { basename, dirname, isAbsolute, join } = builtin('node:path');

/**
 * Where the files of this package stand is known to this file alone: it is compiled into build/lib/ of a clone, and from
 * there bundled into dist/early.js of the package. undefined: other code has bundled it once more, and then `__filename`
 * is that of the other bundle, or a relative path, or does not exist.
 */
const folder =
  typeof __filename === 'string' &&
  isAbsolute(__filename) &&
  ['early.js', 'own-files.js'].includes(basename(__filename))
    ? dirname(__filename)
    : undefined;

/**
 * Node's own `require`, made at load: a test runner gives modules a `require` that fails once the test has ended, and
 * since Node 22.23 a path is not recognised if the program has put `auth` or `path` on Object.prototype. undefined in some
 * bundles.
 */
export const requireOwn: NodeJS.Require | undefined =
  folder === undefined ? undefined : nodeModule().createRequire(__filename);

/** jest 30 gives `process.getBuiltinModule` a subclass of Node's Module too, with a `createRequire` of its own. */
function nodeModule(): typeof import('node:module') {
  const module = builtin('node:module');
  const parent: unknown = Object.getPrototypeOf(module);
  return typeof parent === 'function' && Object.hasOwn(parent, 'createRequire')
    ? (parent as typeof import('node:module'))
    : module;
}

/**
 * What Node's own `require` has of a bundle that is being carried out; undefined: nothing yet, it is carried out for it. A
 * test runner such as jest carries a file out once more: there would be two engines, and one would refuse the
 * `FileActions` of the other.
 */
export function instanceOfNode(bundle: string): object | undefined {
  try {
    if (folder === undefined || requireOwn === undefined) return undefined;
    // Mostly it is being carried out, and found by its name: `require` would ask the system for the file first.
    const loaded: NodeJS.Module | undefined = requireOwn.cache[join(folder, bundle)];
    const found: object | undefined = loaded === undefined ? requireOwn(bundle) : loaded.exports;
    return found && Object.hasOwn(found, 'modules') ? found : undefined;
  } catch {
    return undefined; // it cannot be read again
  }
}

/** @param name from the folder of the compiled files. undefined: there is no such file, as in a bundle */
export function ownFile(name: string): string | undefined {
  const file = folder && join(folder, name);
  return file !== undefined && existsSync(file) ? file : undefined;
}

/** The folder with the package.json of this package; undefined in a bundle. */
export function packageFolder(): string | undefined {
  return folder && join(folder, basename(folder) === 'lib' ? '../..' : '..');
}

/** Why nothing works in a bundle. */
export const BUNDLED = 'it has been put into a bundle; mark forkless as external';
