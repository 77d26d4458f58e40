// Installs the programs that test/clients runs through forkless/register, each in the newest version that the Node
// which runs this script can have, and prints a line "<name> <version>" for each. Run it by the Node that is to run
// the tests: npm picks by `engines`.
//   --installed   installs nothing
import { existsSync, readFileSync } from 'node:fs';
import { installInto, notWaiting } from './lib/packages.mjs';
import { at, main } from './lib/project.mjs';

const folder = at('node_modules/.cache/clients', process.version);
const clients = ['execa', 'tinyexec', 'nano-spawn', 'cross-spawn', 'zx', '@npmcli/promise-spawn'];
/** What replaces functions of Node, beside its clients in a folder of its own. */
const instrumentFolder = at('node_modules/.cache/instruments', process.version);
const instruments = [
  'import-in-the-middle',
  'process-on-spawn',
  'require-in-the-middle',
  'shimmer',
  'sinon',
  'spawn-wrap',
];

await main(() => {
  install(folder, clients);
  install(instrumentFolder, instruments);
});

function install(place, names) {
  const newest = names.map((name) => `${name}@*`);
  if (!process.argv.includes('--installed') && !names.every((name) => versionOf(place, name)))
    installInto(place, newest, ['--engine-strict', ...notWaiting(30_000)]);
  for (const name of names.filter((each) => versionOf(place, each)))
    console.log(`${name} ${versionOf(place, name)}`);
}

function versionOf(place, name) {
  const manifest = `${place}/node_modules/${name}/package.json`;
  return existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).version;
}
