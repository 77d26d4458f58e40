import { once } from 'node:events';
import { chmodSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { attempt, child, endOf, folder, large, requireClient, textOf } from './kit.mjs';

const spawn = requireClient('cross-spawn');

/** Follows a child to its end: its outputs, its events. */
async function whole(subprocess, input) {
  subprocess.stdin?.end(input);
  const [events, stdout, stderr] = await Promise.all([
    endOf(subprocess),
    subprocess.stdout && textOf(subprocess.stdout),
    subprocess.stderr && textOf(subprocess.stderr),
  ]);
  const { exitCode, signalCode, killed, spawnfile, spawnargs } = subprocess;
  return { events, stdout, stderr, exitCode, signalCode, killed, spawnfile, spawnargs };
}

const sh = (script, options) => spawn('sh', ['-c', script], options);

export const scenarios = {
  'gives output and exit code': () => whole(sh('echo out; echo err >&2; exit 3')),
  'takes options alone': () => whole(spawn('pwd', { cwd: '/usr' })),
  'passes the environment on': () => whole(sh('echo "$GREETING"', { env: { GREETING: 'hello' } })),
  'carries 3 MiB in and out': () => whole(spawn('cat'), large),
  'carries 3 MiB from file to file': async () => {
    writeFileSync(`${folder}/in`, large);
    await whole(spawn('cat', { stdio: [openSync(`${folder}/in`), openSync(`${folder}/out`, 'w'), 'pipe'] }));
    return readFileSync(`${folder}/out`);
  },
  'runs a script by its first line': () => {
    writeFileSync(`${folder}/script`, '#!/usr/bin/env -S sh -e\necho "$0" "$@"\n');
    chmodSync(`${folder}/script`, 0o755);
    return whole(spawn(`${folder}/script`, ['a b', '*']));
  },
  'runs a script without a first line': () => {
    writeFileSync(`${folder}/plain`, 'echo "$0" "$@"\n');
    chmodSync(`${folder}/plain`, 0o755);
    return whole(spawn(`${folder}/plain`, ['a b', '*']));
  },
  'runs a shell': () => whole(spawn('echo $((20 + 22)) | cat', { shell: '/bin/sh' })),
  'runs 30 at once': () =>
    Promise.all(Array.from({ length: 30 }, (_, index) => whole(sh(`cat; exit ${index}`), `${index}`))),

  'fails for a program that is not there': () => whole(spawn('no-such-program', ['a'])),
  'fails for a file that cannot be run': () => whole(spawn(`${folder}/in`)),
  'fails for a directory that is not there': () => whole(spawn('true', { cwd: '/no/such' })),
  'fails for wrong options': () => spawn('true', { uid: 'nobody' }),

  kills: async () => {
    const subprocess = spawn('sleep', ['30']);
    const sent = subprocess.kill('SIGINT');
    return [sent, await whole(subprocess), subprocess.kill()];
  },
  'ends by a timeout': () => whole(spawn('sleep', ['30'], { timeout: 50 })),
  'ends by an AbortSignal': async () => {
    const controller = new AbortController();
    const subprocess = spawn('sleep', ['30'], { signal: controller.signal });
    const end = whole(subprocess);
    await once(subprocess, 'spawn');
    controller.abort();
    return end;
  },

  'exchanges messages': async () => {
    const subprocess = spawn(process.execPath, [child('echo-messages')], {
      stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
    });
    const messages = await once(subprocess, 'message');
    for (const message of [{ list: [1, null] }, large.toString(), 'end']) {
      subprocess.send(message);
      messages.push(...(await once(subprocess, 'message')));
    }
    return [messages, await whole(subprocess)];
  },

  'gives output synchronously': () =>
    spawn.sync('sh', ['-c', 'echo out; echo err >&2; exit 3'], { encoding: 'utf8' }),
  'carries 3 MiB in and out synchronously': () => spawn.sync('cat', { input: large, maxBuffer: 1 << 23 }),
  'fails by a signal synchronously': () => spawn.sync('sh', ['-c', 'kill -USR1 $$']),
  'fails synchronously for a program that is not there': () => spawn.sync('no-such-program', ['a']),
  'fails synchronously for a directory that is not there': () => spawn.sync('true', { cwd: '/no/such' }),
  'ends by a timeout synchronously': () => spawn.sync('sleep', ['30'], { timeout: 50, killSignal: 'SIGINT' }),
  'ends by too much output synchronously': () =>
    spawn.sync('sh', ['-c', 'printf 1234567890; exec sleep 30'], { maxBuffer: 5 }),
  'throws for wrong options synchronously': () => attempt(() => spawn.sync('true', { timeout: -1 })),
};
