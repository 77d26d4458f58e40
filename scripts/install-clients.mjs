// Installs the programs that test/clients runs through forkless/register, each in the newest version that the Node
// which runs this script can have, and prints a line "<name> <version>" for each. Run it by the Node that is to run
// the tests: npm picks by `engines`.
import { existsSync, readFileSync } from 'node:fs';
import { installInto, notWaiting } from './lib/packages.mjs';
import { at, main } from './lib/project.mjs';

const clients = ['execa', 'tinyexec', 'nano-spawn', 'cross-spawn', 'zx', '@npmcli/promise-spawn'];
const folder = at('node_modules/.cache/clients', process.version);

await main(() => {
  const newest = clients.map((name) => `${name}@*`);
  if (!clients.every(versionOf)) installInto(folder, newest, ['--engine-strict', ...notWaiting(30_000)]);
  for (const name of clients) console.log(`${name} ${versionOf(name)}`);
});

function versionOf(name) {
  const manifest = `${folder}/node_modules/${name}/package.json`;
  return existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).version;
}
