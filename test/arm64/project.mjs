// Makes the part of the guests' memory that is this project: the packed package, as npm installs it, the compiled tests,
// the C programs that they use, and the packages that run them.
import { appendFileSync, copyFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { cacheFolder } from '../../scripts/lib/packages.mjs';
import { at, npm, runNode, toolEnv, tryRun } from '../../scripts/lib/project.mjs';
import { writeArchive } from './archive.mjs';

export const compiler = 'aarch64-linux-gnu-gcc';
const runners = ['mocha', 'chai'];
/** The factor of every deadline: Node starts ten times slower there than on the machine that emulates it. */
const slowness = 10;

/** Writes the initrd of the guests into `folder`, and returns its path. Guest N runs mocha with `parts[N]`. */
export function packProject(folder, system, parts) {
  const installed = installPacked(folder);
  const helpers = `${folder}/helpers`;
  runNode(at('scripts/build-test-helpers.mjs'), [`--out=${helpers}`], {
    env: { ...toolEnv(), CC: compiler },
  });

  writeArchive(`${folder}/project.cpio`, ({ addFile, addTree }) => {
    const add = (name, source) => addTree(`forkless/${name}`, source, isUsed);
    addFile('init', readFileSync(at('test/arm64/init.sh')), 0o755);
    parts.forEach((mochaArguments, part) => {
      addFile(`parts/${part}`, partScript(mochaArguments));
    });
    addTree('forkless', `${installed}/forkless`);
    add('node_modules/node-gyp-build', `${installed}/node-gyp-build`);
    for (const name of withDependencies(runners)) add(`node_modules/${name}`, at('node_modules', name));
    for (const name of ['dist-test', 'build/lib', 'test', '.mocharc.json', 'package-lock.json'])
      add(name, at(name));
    add('build/test', helpers);
    const clients = parts.flat().some((argument) => argument.includes('/clients/')) && installClients();
    if (clients) add(`node_modules/.cache/clients/${system.nodeVersion}`, clients);
  });

  const initrd = `${folder}/initrd.cpio`;
  copyFileSync(system.archive, initrd);
  appendFileSync(initrd, readFileSync(`${folder}/project.cpio`));
  return initrd;
}

/** Installs the packed package by npm, from files, without network. */
function installPacked(folder) {
  const silent = { stdio: ['ignore', 'ignore', 'inherit'], cwd: folder };
  npm(['pack', at(), '--ignore-scripts', '--loglevel=error'], silent);
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  const options = ['--install-links', '--offline', '--no-save', '--no-package-lock', '--ignore-scripts'];
  const packages = [`${folder}/${tarball}`, at('node_modules/node-gyp-build')];
  npm(['install', '--prefix', folder, '--loglevel=error', ...options, ...packages], silent);
  return `${folder}/node_modules`;
}

/** The clients that this Node can run: the guest's Node is not older. Undefined if they cannot be had. */
function installClients() {
  tryRun(process.execPath, [at('scripts/install.mjs'), 'clients'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const folder = cacheFolder('clients', process.version);
  return existsSync(folder) ? folder : undefined;
}

/** Names of packages and of their dependencies at the top of node_modules. */
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
  const mocha = ['--require', './test/arm64/timeouts.cjs', ...mochaArguments].map(quoted).join(' ');
  return `
    export FORKLESS_TEST_INSTALLED=1 FORKLESS_TEST_SLOWNESS=${slowness} FORKLESS_TEST_BINARY=prebuilds/linux-arm64/
    node test/arm64/proof.mjs || exit
    FORKLESS_TEST_FIGURES=/figures.json node node_modules/mocha/bin/mocha.js ${mocha}
  `;
}

function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
