// Compiles lib/ into dist/.
//   --tests   also test/ into dist-test/
//   --check   also checks the types of test/, without output
import { rmSync } from 'node:fs';
import path from 'node:path';
import { filesUnder, fingerprint, markBuilt } from './lib/fresh.mjs';
import { at, main, runNode } from './lib/project.mjs';

await main(() => {
  const taken = fingerprint('ts');
  runNode(at('scripts/generate-steps.mjs'), ['--check']);
  rmSync(at('build/ts.stamp'), { force: true });
  compile('tsconfig.json');
  removeOrphans('lib', 'dist');
  markBuilt('ts', taken);
  if (process.argv.includes('--check')) compile('test/tsconfig.json', '--noEmit');
  if (process.argv.includes('--tests')) {
    compile('test/tsconfig.json');
    removeOrphans('test', 'dist-test');
  }
});

function compile(project, ...options) {
  runNode(at('node_modules/typescript/bin/tsc'), ['--project', project, ...options]);
}

/** Removes the output of deleted sources: it would still be packed, imported, and run as a test. */
function removeOrphans(sources, output) {
  const made = new Set(
    filesUnder(at(sources)).map((file) => path.relative(at(sources), file).replace(/\.c?ts$/, '')),
  );
  for (const file of filesUnder(at(output))) {
    const origin = path.relative(at(output), file).replace(/\.(?:d\.c?ts|c?js)(?:\.map)?$/, '');
    if (!made.has(origin)) rmSync(file);
  }
}
