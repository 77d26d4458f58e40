// npm run lint, npm run format: biome for TypeScript, JavaScript and JSON, clang-format and clang-tidy for C and C++.
//   --write   fixes what can be fixed automatically
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { filesUnder } from './lib/fresh.mjs';
import { install } from './lib/prepare.mjs';
import { at, Failure, main, root, tryRun } from './lib/project.mjs';

const write = process.argv.includes('--write');

await main(() => {
  install();
  const failed = [];
  const check = (name, code) => code === 0 || failed.push(name);

  check(
    'biome',
    tryRun(process.execPath, [at('node_modules/@biomejs/biome/bin/biome'), 'check', ...biomeOptions()]),
  );
  if (isThere('clang-format')) {
    check(
      'clang-format',
      tryRun('clang-format', [...(write ? ['-i'] : ['--dry-run', '-Werror']), ...ownSources('')]),
    );
  }
  if (!write && isThere('clang-tidy')) {
    check('clang-tidy, C', tidy(ownSources('.c'), ['-std=c11', '-D_GNU_SOURCE']));
    check('clang-tidy, C++', tidy(ownSources('.cc'), ['-std=c++20', '-fno-exceptions', ...headers()]));
  }
  if (failed.length > 0) throw new Failure(`lint found something: ${failed.join('; ')}`);
});

function biomeOptions() {
  return write ? ['--write'] : ['--error-on-warnings'];
}

function ownSources(extension) {
  const all = ['csrc', 'test/probe', 'test/native', 'bench/native'].flatMap((folder) =>
    filesUnder(at(folder)),
  );
  const ours = all.filter((file) => /\.(?:c|h|cc)$/.test(file) && file.endsWith(extension));
  return ours.map((file) => path.relative(root, file));
}

function tidy(files, flags) {
  if (files.length === 0) return 0;
  return tryRun('clang-tidy', ['--quiet', ...files, '--', ...flags]);
}

function headers() {
  const include = path.join(path.dirname(path.dirname(process.execPath)), 'include/node');
  return [
    '-isystem',
    include,
    '-isystem',
    'node_modules/node-addon-api',
    '-DNAPI_VERSION=8',
    '-DNAPI_DISABLE_CPP_EXCEPTIONS',
  ];
}

/** If a tool is missing, its checks are left out loudly on a developer's machine, and fail in CI. */
function isThere(tool) {
  if (spawnSync(tool, ['--version']).status === 0) return true;
  if (process.env.CI) throw new Failure(`${tool} is missing: node scripts/install.mjs tools`);
  console.error(`MISSING: ${tool}, its checks are left out (node scripts/install.mjs tools)`);
  return false;
}
