// Makes the files of dist/ from what the compiler has made of lib/. A program that imports the package loads an entry of a
// few lines, and early.js. The engine is one file, forkless.js, which is loaded when it is needed: on Node 20, reading the
// names of a CommonJS file of that size for an import would take 40 ms.
//
// Each module of lib/ is in one bundle only, so its state exists once: each bundle has a table of its modules, by which the
// bundles after it get them, and a bundle that is carried out once more, as jest does, has those of the first. Only the two
// programs of the command may have the same module; they are never one process. The compiler's output is bundled, not the
// sources: esbuild would rename functions whose names people see.
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { compact } from './compact.mjs';
import { filesUnder } from './fresh.mjs';
import { at } from './project.mjs';
import { withoutUnreadFields } from './unread-fields.mjs';

const compiled = at('build/lib');
const dist = at('dist');

/**
 * In this order a module belongs to the first bundle that reaches it. `needs`: what is carried out soon, with all that it
 * imports at its beginning; else the roots.
 */
const bundles = [
  { file: 'early.js', roots: ['child_process/api.js', 'register.js', 'register/worker.js'] },
  { file: 'forkless.js', roots: ['forkless.js'], needs: ['forkless.js', 'child_process/open.js'] },
  { file: 'posix.js', roots: ['api.js'] },
  { file: 'services.js', roots: ['service/api.js'] },
  // with a copy of what has no state: for it alone, all of the engine would be loaded
  { file: 'cgroup.js', roots: ['cgroup/index.js'], copies: ['validate.js'] },
  { file: 'cli/main.js', roots: ['cli/main.js'], isProgram: true },
  { file: 'cli/trial.js', roots: ['cli/trial.js'], isProgram: true },
];

/** The files that a program imports. `names`: the module whose exports they are. */
const entries = [
  {
    file: 'index.js',
    from: 'posix.js',
    get: "isCopy ? { ...modules['api.js']().api } : modules['api.js']().api",
    takes: 'isCopy, modules',
    names: 'index.js',
  },
  {
    file: 'child_process/index.js',
    from: 'early.js',
    get: "isCopy ? modules['child_process/api.js']().copyApi() : modules['child_process/api.js']().api",
    takes: 'isCopy, modules',
    names: 'child_process/index.js',
  },
  {
    file: 'service/index.js',
    from: 'services.js',
    get: "isCopy ? { ...modules['service/api.js']().api } : modules['service/api.js']().api",
    takes: 'isCopy, modules',
    names: 'service/index.js',
  },
  {
    file: 'cgroup/index.js',
    from: 'cgroup.js',
    get: "modules['cgroup/index.js']()",
    names: 'cgroup/index.js',
  },
  { file: 'register.js', from: 'early.js', get: "modules['register.js']()" },
  { file: 'register/worker.js', from: 'early.js', get: "modules['register/worker.js']()" },
];

/** Writes all JavaScript of dist/ and removes what is no longer made; the declarations stay. */
export async function bundle() {
  const { build } = await import('esbuild');
  const owners = new Map();
  const made = new Set([path.join(dist, 'package.json')]);
  writeCommonJs(compiled);
  mkdirSync(dist, { recursive: true });
  writeCommonJs(dist);
  for (const each of bundles) {
    const outfile = path.join(dist, each.file);
    const found = await build({ ...options(each, owners), write: false, metafile: true, outfile });
    const own = Object.keys(found.metafile.inputs)
      .map((input) => path.relative(compiled, path.resolve(input)))
      .filter((name) => existsSync(path.join(compiled, name)));
    if (!each.isProgram) for (const name of own) if (!owners.has(name)) owners.set(name, each);
    await write(await build({ ...options(each, owners, own), write: false, outfile }), each);
    made.add(outfile).add(`${outfile}.map`);
  }
  for (const entry of entries) made.add(writeEntry(entry));
  chmodSync(path.join(dist, 'cli/main.js'), 0o755);
  for (const file of filesUnder(dist)) if (!made.has(file) && !file.endsWith('.d.ts')) rmSync(file);
}

async function write({ outputFiles }, { needs, roots, isProgram }) {
  const [map, { path: file, text }] = outputFiles;
  mkdirSync(path.dirname(file), { recursive: true });
  const made = isProgram
    ? { text, map: map.text }
    : await compact(text, map.text, loadedAtOnce(needs ?? roots));
  writeFileSync(file, made.text);
  writeFileSync(map.path, made.map);
}

/** These modules and all that they import, but not what a function of theirs requires; as esbuild calls them. */
function loadedAtOnce(roots) {
  const found = new Set();
  const add = (file) => {
    const name = path.relative(at(), file);
    if (found.has(name) || !existsSync(file)) return;
    found.add(name);
    const imports = readFileSync(file, 'utf8').matchAll(
      /^(?:(?:const|var) \w+ = )?require\("(\.[^"]+)"\);$/gm,
    );
    for (const [, asked] of imports) add(path.resolve(path.dirname(file), asked));
  };
  for (const root of roots) add(path.join(compiled, root));
  return found;
}

function options({ file, roots, isProgram, copies = [] }, owners, own = roots) {
  const table = own.map((name) => `${JSON.stringify(name)}: () => require(${JSON.stringify(`./${name}`)})`);
  const isEntry = own.includes(file);
  const contents = `const instance = require("./own-files.js").instanceOfNode(${JSON.stringify(`./${file}`)});
if (instance) module.exports = { ...instance, isCopy: true };
else {
${isEntry ? `Object.assign(exports, require("./${file}"));\n` : ''}exports.modules = {\n${table.join(',\n')}\n};
}
`;
  return {
    ...(isProgram
      ? { entryPoints: roots.map((name) => path.join(compiled, name)) }
      : { stdin: { contents, resolveDir: compiled, sourcefile: `table-of-${file}` } }),
    absWorkingDir: at(),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'esnext',
    sourcemap: true,
    logLevel: 'error',
    plugins: [takeFromOwners(file, owners, copies), withoutUnread],
  };
}

/** A module of a bundle before is taken out of its table. */
function takeFromOwners(file, owners, copies) {
  const namespace = 'owned';
  return {
    name: namespace,
    setup(build) {
      build.onResolve({ filter: /^\.\.?\// }, ({ path: asked, resolveDir, namespace: from }) => {
        if (from === namespace) return { path: asked, external: true };
        const name = path.relative(compiled, path.resolve(resolveDir, asked));
        const owner = owners.get(name);
        return owner === undefined || owner.file === file || copies.includes(name)
          ? undefined
          : { path: name, namespace };
      });
      build.onLoad({ filter: /.*/, namespace }, ({ path: name }) => {
        const owner = path.posix.relative(path.posix.dirname(file), owners.get(name).file);
        const from = owner.startsWith('.') ? owner : `./${owner}`;
        return { contents: `module.exports = require("${from}").modules["${name}"]();` };
      });
    },
  };
}

/**
 * Leaves out what nothing here reads. The mark of an ES module: where a program has put `get` on Object.prototype, setting
 * it throws, and the engine is loaded as late as the first start. What remains keeps its place, for the source maps.
 */
const withoutUnread = {
  name: 'without-unread',
  setup(build) {
    build.onLoad({ filter: /\/build\/lib\/.*\.js$/ }, ({ path: file }) => {
      const mark = /^Object\.defineProperty\(exports, "__esModule", \{ value: true \}\);$/m;
      const code = readFileSync(file, 'utf8').replace(mark, '');
      return { contents: file.includes('/lib/attributes/') ? withoutUnreadFields(code) : code };
    });
  },
};

/**
 * Node finds the names of a CommonJS file by reading it, so they stand in a line that is never carried out. The file has
 * no marks of an ES module: its default import, too, is the one object that `require` returns.
 */
function writeEntry({ file, from, get, takes = 'modules', names }) {
  const up = path.posix.relative(path.posix.dirname(file), from);
  const lines = [
    "'use strict';",
    `const { ${takes} } = require('${up.startsWith('.') ? up : `./${up}`}');`,
    names ? `module.exports = ${get};` : `${get};`,
  ];
  if (names) lines.push(`0 && (module.exports = { ${exportsOf(names).join(', ')} });`);
  const place = path.join(dist, file);
  mkdirSync(path.dirname(place), { recursive: true });
  writeFileSync(place, `${lines.join('\n')}\n`);
  return place;
}

function exportsOf(module) {
  return Object.keys(createRequire(import.meta.url)(path.join(compiled, module))).sort();
}

function writeCommonJs(folder) {
  writeFileSync(path.join(folder, 'package.json'), '{ "type": "commonjs" }\n');
}
