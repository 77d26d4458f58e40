// Compiles lib/ into build/lib/, with the declarations in dist/, and bundles that into dist/: see lib/bundle.mjs.
//   --tests   also test/ into dist-test/
//   --check   checks the types of lib/ and test/ instead. Writes only what is not up to date, so that a test that runs
//             meanwhile is not disturbed
import { rmSync } from 'node:fs';
import path from 'node:path';
import { bundle } from './lib/bundle.mjs';
import { filesUnder, fingerprint, isBuilt, markBuilt } from './lib/fresh.mjs';
import { at, main, runNode } from './lib/project.mjs';

await main(async () => {
  const check = process.argv.includes('--check');
  runNode(at('scripts/generate-steps.mjs'), ['--check']);
  if (!check || !isBuilt('ts')) await buildLibrary();
  if (check) compile('test/tsconfig.json', '--noEmit');
  if (process.argv.includes('--tests')) {
    compile('test/tsconfig.json');
    removeOrphans('test', 'dist-test');
  }
});

async function buildLibrary() {
  const taken = fingerprint('ts');
  rmSync(at('build/ts.stamp'), { force: true });
  compile('tsconfig.json');
  removeOrphans('lib', 'build/lib', /\.c?js(?:\.map)?$/);
  removeOrphans('lib', 'dist', /\.d\.c?ts$/);
  await bundle();
  markBuilt('ts', taken);
}

function compile(project, ...options) {
  runNode(at('node_modules/typescript/bin/tsc'), ['--project', project, ...options]);
}

/** Removes the output of deleted sources: it would still be packed, imported, and run as a test. */
function removeOrphans(sources, output, which = /./) {
  const made = new Set(
    filesUnder(at(sources)).map((file) => path.relative(at(sources), file).replace(/\.c?ts$/, '')),
  );
  for (const file of filesUnder(at(output))) {
    const origin = path.relative(at(output), file).replace(/\.(?:d\.c?ts|c?js)(?:\.map)?$/, '');
    if (which.test(file) && !made.has(origin)) rmSync(file);
  }
}
