import { once } from 'node:events';
import { createReadStream, openSync, readFileSync, writeFileSync } from 'node:fs';
import { attempt, child, folder, importClient, large } from './kit.mjs';

const { x, xSync } = await importClient('tinyexec');

const sh = (script, options) => x('sh', ['-c', script], options);

/** What the promise gives, and what the object says of the child. */
async function endOf(execution) {
  const outcome = await attempt(() => execution);
  const { exitCode, signalCode, killed, aborted } = execution;
  return { outcome, exitCode, signalCode, killed, aborted };
}

export const scenarios = {
  'gives output and exit code': () => endOf(sh('echo out; echo err >&2; exit 3')),
  'passes the environment and the directory on': () =>
    sh('echo "$GREETING"; pwd', { nodeOptions: { env: { GREETING: 'hello' }, cwd: '/usr' } }),
  'carries 3 MiB in and out': () => x('cat', [], { stdin: large.toString() }),
  'carries 3 MiB from file to file': async () => {
    writeFileSync(`${folder}/in`, large);
    const stdin = createReadStream(`${folder}/in`);
    await once(stdin, 'open');
    await x('cat', [], { nodeOptions: { stdio: [stdin, openSync(`${folder}/out`, 'w'), 'pipe'] } });
    return readFileSync(`${folder}/out`);
  },
  'pipes one program into the next': () =>
    x('cat', [], { stdin: 'b\na\nb\n' }).pipe('sort', ['-u']).pipe('tr', ['a-z', 'A-Z']),
  'iterates over lines': async () => {
    const lines = [];
    for await (const line of sh('echo 1; echo 2; echo 3')) lines.push(line);
    return lines;
  },
  'runs a shell': () => x('echo $((20 + 22)) | cat', [], { nodeOptions: { shell: true } }),
  'ignores its outputs': () => endOf(sh('echo out; cat', { nodeOptions: { stdio: 'ignore' } })),
  'runs 30 at once': () =>
    Promise.all(Array.from({ length: 30 }, (_, index) => sh(`echo ${index}; exit ${index}`))),

  'throws for an exit code when told to': () => endOf(sh('echo out; exit 3', { throwOnError: true })),
  'throws for a signal when told to': () => endOf(sh('kill -USR1 $$', { throwOnError: true })),
  'fails for a program that is not there': () => endOf(x('no-such-program', ['a'])),
  'fails for a file that cannot be run': () => endOf(x(`${folder}/in`)),
  'fails for a directory that is not there': () => endOf(x('true', [], { nodeOptions: { cwd: '/no/such' } })),
  'fails for wrong options': () => x('true', [], { nodeOptions: { uid: 'nobody' } }),

  kills: async () => {
    const execution = x('sleep', ['30']);
    const sent = execution.kill('SIGINT');
    return [sent, await endOf(execution), execution.kill()];
  },
  'ends by a timeout': () => endOf(x('sleep', ['30'], { timeout: 50 })),
  'ends by an AbortSignal': async () => {
    const controller = new AbortController();
    const execution = sh('echo ready; exec sleep 30', { signal: controller.signal });
    await once(execution.process.stdout, 'data');
    controller.abort();
    return endOf(execution);
  },
  'ends by an AbortSignal that was aborted before': () =>
    endOf(x('sleep', ['30'], { signal: AbortSignal.abort() })),

  'exchanges messages': async () => {
    const execution = x(process.execPath, [child('echo-messages')], {
      nodeOptions: { stdio: ['pipe', 'pipe', 'pipe', 'ipc'], serialization: 'advanced' },
    });
    const messages = [];
    execution.process.on('message', (message) => messages.push(message));
    await once(execution.process, 'message');
    for (const message of [{ big: 2n ** 70n === 0n, list: [1, undefined] }, large.toString(), 'end']) {
      execution.process.send(message);
      await once(execution.process, 'message');
    }
    return [messages, await endOf(execution)];
  },

  'gives output and exit code synchronously': () => {
    const { stdout, stderr, exitCode, signalCode, killed } = xSync('sh', [
      '-c',
      'echo out; echo err >&2; exit 3',
    ]);
    return { stdout, stderr, exitCode, signalCode, killed };
  },
  'carries 3 MiB in and out synchronously': () =>
    xSync('cat', [], { nodeOptions: { input: large, maxBuffer: 1 << 23 } }).stdout,
  'throws for an exit code synchronously': () => xSync('sh', ['-c', 'exit 3'], { throwOnError: true }),
  'fails synchronously for a program that is not there': () => xSync('no-such-program', ['a']),
  'ends by a timeout synchronously': () => xSync('sleep', ['30'], { timeout: 50, throwOnError: true }),
};
