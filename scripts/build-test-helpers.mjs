// Compiles the C programs, libraries and addons that the tests use into build/test/, unless they are newer than their
// sources. For a cross build, CC names another compiler and --out=FOLDER another place.
import { existsSync, mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { at, main, run } from './lib/project.mjs';

const compiler = process.env.CC || 'gcc';
const common = ['-std=c11', '-O2', '-D_GNU_SOURCE', '-Wall', '-Wextra', '-Wconversion', '-Werror'];
// nodelete: its threads and handlers must stay mapped when the Worker that loaded it ends.
const addon = ['-fPIC', '-shared', '-fvisibility=hidden', '-pthread', '-Wl,-z,nodelete'];
const probe = 'test/probe/src';
const helpers = 'test/native/helpers';

const preloaded = { folder: helpers, sources: ['exec-hook'], libraries: ['-ldl'] };

const targets = {
  probe: { folder: probe, sources: ['probe', 'report', 'task', 'json'], flags: ['-static'] },
  'seccomp-run': { folder: helpers, sources: ['seccomp-run', 'seccomp-rules'] },
  'fd-run': { folder: helpers, sources: ['fd-run'] },
  'pty-run': { folder: helpers, sources: ['pty-run'], libraries: ['-lutil'] },
  'env-run': { folder: helpers, sources: ['env-run'] },
  'signal-run': { folder: helpers, sources: ['signal-run'] },
  'uid-run': { folder: helpers, sources: ['uid-run'] },
  'trace-hold': { folder: helpers, sources: ['trace-hold'] },
  'exec-gate': { folder: helpers, sources: ['exec-gate'] },
  'meddle.node': {
    folder: helpers,
    sources: ['meddle', 'facts', 'id-changer', 'reaper', 'seccomp-rules', 'storm'],
    flags: addon,
    libraries: ['-lutil'],
  },
  'exec-hook.so': { ...preloaded, flags: [...addon, '-DHOOK_EXEC', '-DHOOK_SPAWN'] },
  'spawn-hook.so': { ...preloaded, flags: [...addon, '-DHOOK_SPAWN'] },
  'other-hook.so': { ...preloaded, flags: addon },
  'tables.node': { folder: helpers, sources: ['tables', 'hold'], flags: addon },
};

await main(() => {
  const chosen = process.argv.find((argument) => argument.startsWith('--out='));
  const output = chosen ? path.resolve(chosen.slice('--out='.length)) : at('build/test');
  mkdirSync(output, { recursive: true });
  for (const [name, target] of Object.entries(targets)) build(path.join(output, name), target);
});

function build(result, { folder, sources, flags = [], libraries = [] }) {
  if (isCurrent(result, folder)) return;
  const files = sources.map((source) => at(folder, `${source}.c`));
  // Written beside the result, then moved: a test that runs meanwhile must meet neither ETXTBSY nor half a program.
  const unfinished = `${result}.${process.pid}`;
  run(compiler, [...common, ...flags, '-o', unfinished, ...files, ...libraries]);
  renameSync(unfinished, result);
}

function isCurrent(result, folder) {
  if (!existsSync(result)) return false;
  const made = statSync(result).mtimeMs;
  const inputs = readdirSync(at(folder)).map((name) => at(folder, name));
  return [...inputs, fileURLToPath(import.meta.url)].every((input) => statSync(input).mtimeMs < made);
}
