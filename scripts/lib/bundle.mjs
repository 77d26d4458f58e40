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
import { filesUnder } from './fresh.mjs';
import { at } from './project.mjs';

const compiled = at('build/lib');
const dist = at('dist');

/** In this order a module belongs to the first bundle that reaches it. */
const bundles = [
  { file: 'early.js', roots: ['child_process/api.js', 'register.js', 'register/worker.js'] },
  { file: 'forkless.js', roots: ['forkless.js'] },
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
    from: 'forkless.js',
    get: 'isCopy ? { ...posixApi() } : posixApi()',
    takes: 'isCopy, posixApi',
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
    await build({ ...options(each, owners, own), outfile });
    made.add(outfile).add(`${outfile}.map`);
  }
  for (const entry of entries) made.add(writeEntry(entry));
  chmodSync(path.join(dist, 'cli/main.js'), 0o755);
  for (const file of filesUnder(dist)) if (!made.has(file) && !file.endsWith('.d.ts')) rmSync(file);
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
    plugins: [takeFromOwners(file, owners, copies), withoutMark],
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
 * Leaves out the mark of an ES module, which nothing here reads: where a program has put `get` on Object.prototype, setting
 * it throws, and the engine is loaded as late as the first start. The line stays, for the source maps.
 */
const withoutMark = {
  name: 'without-mark',
  setup(build) {
    build.onLoad({ filter: /\/build\/lib\/.*\.js$/ }, ({ path: file }) => {
      const mark = /^Object\.defineProperty\(exports, "__esModule", \{ value: true \}\);$/m;
      return { contents: readFileSync(file, 'utf8').replace(mark, '') };
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
