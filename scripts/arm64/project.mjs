// What the guests get of this project: the packed package, as npm installs it, with the compiled tests, the C programs
// that they use, and the packages that run them.
import { appendFileSync, copyFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { at, npm, runNode, toolEnv, tryRun } from '../lib/project.mjs';
import { writeArchive } from './archive.mjs';

export const compiler = 'aarch64-linux-gnu-gcc';
const runners = ['mocha', 'chai'];
/** How much longer every deadline is: Node starts ten times slower there than on the machine that emulates it. */
const slowness = 10;

/** Writes into `folder` what the guests boot from, and returns its path. Guest N runs mocha with `parts[N]`. */
export function packProject(folder, system, parts) {
  const installed = installPacked(folder);
  const helpers = `${folder}/helpers`;
  runNode(at('scripts/build-test-helpers.mjs'), [`--out=${helpers}`], {
    env: { ...toolEnv(), CC: compiler },
  });

  writeArchive(`${folder}/project.cpio`, ({ addFile, addTree }) => {
    const add = (name, source) => addTree(`forkless/${name}`, source, isUsed);
    addFile('init', readFileSync(at('scripts/arm64/init.sh')), 0o755);
    parts.forEach((mochaArguments, part) => {
      addFile(`parts/${part}`, partScript(mochaArguments));
    });
    addTree('forkless', `${installed}/forkless`);
    add('node_modules/node-gyp-build', `${installed}/node-gyp-build`);
    for (const name of withDependencies(runners)) add(`node_modules/${name}`, at('node_modules', name));
    for (const name of ['dist-test', 'test', '.mocharc.json', 'package-lock.json']) add(name, at(name));
    for (const name of ['proof.mjs', 'timeouts.cjs']) add(`arm64/${name}`, at('scripts/arm64', name));
    add('build/test', helpers);
    const clients = parts.flat().some((argument) => argument.includes('/clients/')) && installClients();
    if (clients) add(`node_modules/.cache/clients/${system.nodeVersion}`, clients);
  });

  const initrd = `${folder}/initrd.cpio`;
  copyFileSync(system.archive, initrd);
  appendFileSync(initrd, readFileSync(`${folder}/project.cpio`));
  return initrd;
}

/** By npm, from files alone. */
function installPacked(folder) {
  const silent = { stdio: ['ignore', 'ignore', 'inherit'], cwd: folder };
  npm(['pack', at(), '--ignore-scripts', '--loglevel=error'], silent);
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  const options = ['--install-links', '--offline', '--no-save', '--no-package-lock', '--ignore-scripts'];
  const packages = [`${folder}/${tarball}`, at('node_modules/node-gyp-build')];
  npm(['install', '--prefix', folder, '--loglevel=error', ...options, ...packages], silent);
  return `${folder}/node_modules`;
}

/** Those of the Node that runs us: the guest's is no older. Undefined where there is no network. */
function installClients() {
  tryRun(process.execPath, [at('scripts/install-clients.mjs')], { stdio: ['ignore', 'ignore', 'inherit'] });
  const folder = at('node_modules/.cache/clients', process.version);
  return existsSync(folder) ? folder : undefined;
}

/** Names of packages, and of all that they need at the top of node_modules. */
function withDependencies(names) {
  const { packages } = JSON.parse(readFileSync(at('package-lock.json'), 'utf8'));
  const found = new Set();
  const visit = (name) => {
    if (found.has(name)) return;
    found.add(name);
    for (const needed of Object.keys(packages[`node_modules/${name}`].dependencies ?? {}))
      if (!packages[`node_modules/${name}/node_modules/${needed}`]) visit(needed);
  };
  names.forEach(visit);
  return found;
}

function isUsed(place) {
  return !/\.(?:map|d\.[mc]?ts|md)$/.test(place);
}

function partScript(mochaArguments) {
  const mocha = ['--require', './arm64/timeouts.cjs', ...mochaArguments].map(quoted).join(' ');
  return `
    export FORKLESS_TEST_INSTALLED=1 FORKLESS_TEST_SLOWNESS=${slowness} FORKLESS_TEST_BINARY=prebuilds/linux-arm64/
    cp arm64/proof.mjs . && node proof.mjs && rm proof.mjs || exit
    FORKLESS_TEST_FIGURES=/figures.json node node_modules/mocha/bin/mocha.js ${mocha}
  `;
}

function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
