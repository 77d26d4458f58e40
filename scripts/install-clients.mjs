// Installs the programs that test/clients runs through forkless/register, each in the newest version that the Node
// which runs this script can have, and prints a line "<name> <version>" for each. Run it by the Node that is to run
// the tests: npm picks by `engines`.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { at, main, npm } from './lib/project.mjs';

const clients = ['execa', 'tinyexec', 'nano-spawn', 'cross-spawn', 'zx', '@npmcli/promise-spawn'];
const folder = at('node_modules/.cache/clients', process.version);

await main(() => {
  if (!clients.every(versionOf)) installClients();
  for (const name of clients) console.log(`${name} ${versionOf(name)}`);
});

function installClients() {
  // A package of its own, so that npm installs here; with --prefix it would not find its global settings.
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/package.json`, '{ "private": true }\n');
  const options = [
    '--no-save',
    '--no-package-lock',
    '--ignore-scripts',
    '--engine-strict',
    '--loglevel=error',
    // without a network the tests are skipped, not waited for
    '--fetch-retries=1',
    '--fetch-retry-mintimeout=1000',
    '--fetch-timeout=30000',
  ];
  // npm's own output goes to stderr: stdout is the list.
  try {
    npm(['install', ...options, ...clients.map((name) => `${name}@*`)], {
      stdio: ['ignore', 2, 2],
      cwd: folder,
    });
  } catch (error) {
    rmSync(folder, { recursive: true });
    throw error;
  }
}

function versionOf(name) {
  const manifest = `${folder}/node_modules/${name}/package.json`;
  return existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).version;
}
