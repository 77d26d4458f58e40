// Installs publint and attw, which look at the packed package as its users' tools do (test/package/hygiene.test.ts),
// and prints a line "<name> <path>" for each. They are not in the lock file: attw brings a TypeScript of its own and
// some sixty packages, and nothing that is built or shipped depends on them. attw's TypeScript is listed too.
//   --installed   installs nothing
import { existsSync, readFileSync } from 'node:fs';
import { installInto, notWaiting } from './lib/packages.mjs';
import { at, main } from './lib/project.mjs';

const checkers = {
  publint: { source: 'publint', version: '0.3.25', program: 'src/cli.js' },
  attw: { source: '@arethetypeswrong/cli', version: '0.18.5', program: 'dist/index.js' },
};
const folder = at('node_modules/.cache/package-checkers');

await main(() => {
  const wanted = Object.values(checkers);
  if (!process.argv.includes('--installed') && !wanted.every(isInstalled))
    installInto(
      folder,
      wanted.map(({ source, version }) => `${source}@${version}`),
      notWaiting(60_000),
    );
  for (const [name, checker] of Object.entries(checkers))
    if (isInstalled(checker))
      console.log(`${name} ${folder}/node_modules/${checker.source}/${checker.program}`);
  if (wanted.every(isInstalled)) console.log(`typescript ${folder}/node_modules/typescript/bin/tsc`);
});

function isInstalled({ source, version }) {
  const manifest = `${folder}/node_modules/${source}/package.json`;
  return existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).version === version;
}
