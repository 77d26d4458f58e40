import { once } from 'node:events';
import { openSync, readFileSync, writeFileSync } from 'node:fs';
import { attempt, child, folder, large, requireClient } from './kit.mjs';

const spawn = requireClient('@npmcli/promise-spawn');

const sh = (script, options, extra) => spawn('sh', ['-c', script], options, extra);

/** The child lives on the promise, and the input is its caller's to write. */
function feed(promise, input) {
  promise.stdin.end(input);
  return promise;
}

export const scenarios = {
  'gives output, and what it was told to add': () => sh('echo out; echo err >&2', {}, { why: 'to see' }),
  'gives output as bytes': () => sh("printf '\\377\\0'", { stdioString: false }),
  'passes the environment and the directory on': () =>
    sh('echo "$GREETING"; pwd', { env: { GREETING: 'hello' }, cwd: '/usr' }),
  'carries 3 MiB in and out': () => feed(spawn('cat', []), large),
  'carries 3 MiB from file to file': async () => {
    writeFileSync(`${folder}/in`, large);
    await spawn('cat', [], { stdio: [openSync(`${folder}/in`), openSync(`${folder}/out`, 'w'), 'inherit'] });
    return readFileSync(`${folder}/out`);
  },
  'runs a shell and escapes for it': () =>
    spawn('printf "%s\\n" | cat;', ['printf', '%s\n', "it's", '$HOME', '*'], { shell: true }),
  'runs the shell it is told': () => spawn('echo "$0"', ['a b'], { shell: '/bin/bash' }),
  inherits: () => sh('cat', { stdio: ['ignore', 'inherit', 'inherit'] }),
  'runs 30 at once': () =>
    Promise.all(Array.from({ length: 30 }, (_, index) => feed(sh(`cat; echo ${index}`), `${index} `))),

  'fails by an exit code': () => sh('echo out; echo err >&2; exit 3', {}, { why: 'to see' }),
  'fails by a signal': () => sh('kill -USR1 $$'),
  'fails for a program that is not there': () => spawn('no-such-program', ['a']),
  'fails for a file that cannot be run': () => spawn(`${folder}/in`, []),
  'fails for a directory that is not there': () => spawn('true', [], { cwd: '/no/such' }),
  'fails for wrong options': () => spawn('true', [], { uid: 'nobody' }),

  kills: async () => {
    const promise = spawn('sleep', ['30']);
    const sent = promise.process.kill('SIGINT');
    return [sent, await attempt(() => promise), promise.process.kill()];
  },
  'ends by a timeout': () => spawn('sleep', ['30'], { timeout: 50 }),
  'ends by an AbortSignal': async () => {
    const controller = new AbortController();
    const promise = sh('echo ready; exec sleep 30', { signal: controller.signal });
    await once(promise.process.stdout, 'data');
    controller.abort();
    return promise;
  },
  'exchanges messages': async () => {
    const promise = spawn(process.execPath, [child('echo-messages')], {
      stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
    });
    const messages = await once(promise.process, 'message');
    for (const message of [{ list: [1, null] }, large.toString(), 'end']) {
      promise.process.send(message);
      messages.push(...(await once(promise.process, 'message')));
    }
    return [messages, await promise];
  },
};
