import { once } from 'node:events';
import { createReadStream, createWriteStream, readFileSync, writeFileSync } from 'node:fs';
import { attempt, child, folder, importClient, large, textOf } from './kit.mjs';

const { default: spawn } = await importClient('nano-spawn');

const sh = (script, options) => spawn('sh', ['-c', script], options);

export const scenarios = {
  'gives output and environment': async () => {
    const result = await sh('echo out; echo err >&2; printf %s "$GREETING"', { env: { GREETING: 'hello' } });
    // In which order the two come there is chance.
    return { ...result, output: '' };
  },
  'carries 3 MiB in and out': () => spawn('cat', { stdin: { string: large.toString() } }),
  'carries 3 MiB from file to file': async () => {
    writeFileSync(`${folder}/in`, large);
    const [stdin, stdout] = [createReadStream(`${folder}/in`), createWriteStream(`${folder}/out`)];
    await Promise.all([once(stdin, 'open'), once(stdout, 'open')]);
    await spawn('cat', { stdin, stdout });
    stdout.end();
    return readFileSync(`${folder}/out`);
  },
  'pipes one program into the next': () =>
    spawn('cat', { stdin: { string: 'b\na\nb\n' } })
      .pipe('sort', ['-u'])
      .pipe('tr', ['a-z', 'A-Z']),
  'iterates over lines': async () => {
    const lines = [];
    for await (const line of sh('echo 1; echo 2; echo 3').stdout) lines.push(line);
    return lines;
  },
  'iterates over lines until the program fails': async () => {
    const lines = [];
    const failure = await attempt(async () => {
      for await (const line of sh('echo 1; exit 3')) lines.push(line);
    });
    return [lines, failure];
  },
  'reads a slot beyond stderr': async () => {
    const subprocess = sh('echo more >&3', { stdio: ['pipe', 'pipe', 'pipe', 'pipe'] });
    const { stdio } = await subprocess.nodeChildProcess;
    return [await textOf(stdio[3]), await subprocess];
  },
  'ignores its outputs': () => sh('echo out; cat', { stdin: 'ignore', stdout: 'ignore', stderr: 'ignore' }),
  'runs a shell': () => spawn('echo', ['$((20 + 22))', '|', 'cat'], { shell: true }),
  'runs the same Node': () => spawn('node', ['--print', 'process.version']),
  'runs 30 at once': () => Promise.all(Array.from({ length: 30 }, (_, index) => sh(`echo ${index}`))),

  'fails by an exit code': () => sh('echo err >&2; exit 3'),
  'fails by a signal': () => sh('kill -USR1 $$'),
  'fails for a program that is not there': () => spawn('no-such-program', ['a']),
  'fails for a file that cannot be run': () => spawn(`${folder}/in`),
  'fails for a directory that is not there': () => spawn('true', { cwd: '/no/such' }),
  'fails for wrong options': () => spawn('true', { uid: 'nobody' }),
  'fails in the middle of a pipe': () => sh('exit 3').pipe('cat'),

  kills: async () => {
    const subprocess = spawn('sleep', ['30']);
    const childProcess = await subprocess.nodeChildProcess;
    return [
      childProcess.kill('SIGINT'),
      await attempt(() => subprocess),
      childProcess.kill(),
      childProcess.killed,
    ];
  },
  'ends by a timeout': () => spawn('sleep', ['30'], { timeout: 50, killSignal: 'SIGKILL' }),
  'ends by an AbortSignal': async () => {
    const controller = new AbortController();
    const subprocess = sh('echo ready; exec sleep 30', { signal: controller.signal });
    await once((await subprocess.nodeChildProcess).stdout, 'data');
    controller.abort();
    return subprocess;
  },
  'ends by an AbortSignal that was aborted before': () =>
    spawn('sleep', ['30'], { signal: AbortSignal.abort() }),

  'exchanges messages': async () => {
    const subprocess = spawn('node', [child('echo-messages')], { stdio: ['pipe', 'pipe', 'pipe', 'ipc'] });
    const childProcess = await subprocess.nodeChildProcess;
    const messages = await once(childProcess, 'message');
    for (const message of [{ list: [1, null] }, large.toString(), 'end']) {
      childProcess.send(message);
      messages.push(...(await once(childProcess, 'message')));
    }
    return [messages, await subprocess];
  },
};
