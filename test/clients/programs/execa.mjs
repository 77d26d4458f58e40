import { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { attempt, child, endOf, folder, importClient, large, textOf } from './kit.mjs';

const { $, execa, execaNode, execaSync } = await importClient('execa');

const sh = (script, ...rest) => execa('sh', ['-c', script], ...rest);
const shSync = (script, ...rest) => execaSync('sh', ['-c', script], ...rest);
const largeText = large.toString().trimEnd();

export const scenarios = {
  'gives output, exit code and environment': () =>
    sh('echo out; echo err >&2; printf %s "$GREETING"', { env: { GREETING: 'hello' } }),
  'takes arguments from templates': () => execa`printf %s\n ${'two words'} ${['a', 'b*']}`,
  'carries 3 MiB of text in and out': () => execa('cat', { input: large.toString() }),
  'carries 3 MiB of bytes from a stream': () =>
    execa('cat', { input: Readable.from([large]), encoding: 'buffer' }),
  'carries 3 MiB from file to file': async () => {
    writeFileSync(`${folder}/in`, large);
    await execa('cat', { stdin: { file: `${folder}/in` }, stdout: { file: `${folder}/out` } });
    return readFileSync(`${folder}/out`);
  },
  'joins both outputs': async () => {
    const { all } = await sh('echo 1; echo 2 >&2; echo 3', { all: true });
    return all.split('\n').sort();
  },
  'splits lines': () => sh('printf "1\\n2\\n\\n3"', { lines: true }),
  'iterates over lines': async () => {
    const lines = [];
    for await (const line of sh('echo 1; echo 2')) lines.push(line);
    return lines;
  },
  'transforms output line by line': () =>
    sh('echo 1; echo 2', {
      *stdout(line) {
        yield `<${line}>`;
      },
    }),
  'reads a slot beyond stderr': () => sh('echo more >&3', { stdio: ['ignore', 'pipe', 'pipe', 'pipe'] }),
  'writes to a slot beyond stderr': () =>
    sh('cat <&3', { stdio: ['ignore', 'pipe', 'ignore', new Uint8Array(large)] }),
  'ignores and inherits': () => sh('cat; echo err >&2', { stdio: ['ignore', 'inherit', 'ignore'] }),
  'hands out its streams': async () => {
    const subprocess = execa('cat', { buffer: false });
    subprocess.stdin.end(large);
    const text = await textOf(subprocess.stdout);
    return [text, await subprocess];
  },
  'turns into a duplex stream': () => textOf(Readable.from([large]).pipe(execa('cat').duplex())),
  'pipes one program into the next': () =>
    execa('cat', { input: largeText }).pipe('sort', ['-u']).pipe({ stdin: 'pipe' })`tr a-z A-Z`,
  'runs a shell': () => execa({ shell: true })`echo $((20 + 22)) | cat; exit 3`.catch((error) => error),
  'runs scripts': async () => [await $`echo ${'$HOME'}`, $.sync`pwd -P`.stdout === process.cwd()],
  'changes the directory': () => execa('pwd', { cwd: '/usr/../usr' }),
  'names the program otherwise': () => execa('sh', ['-c', 'echo $0'], { argv0: 'other' }),
  detaches: () =>
    sh('read -r pid _ _ _ _ session _ </proc/$$/stat; [ "$pid" = "$session" ] && echo leads', {
      detached: true,
    }),

  'fails by an exit code': () => sh('echo out; echo err >&2; exit 3'),
  'answers an exit code when told not to reject': () => sh('exit 3', { reject: false }),
  'fails by a signal': () => sh('echo out; kill -USR1 $$'),
  'fails for a program that is not there': () => execa('no-such-program', ['a']),
  'fails for a file that cannot be run': () => execa(`${folder}/in`),
  'fails for a directory that is not there': () => execa('true', { cwd: '/no/such/directory' }),
  'fails for wrong options': () => execa('true', { uid: 'nobody' }),
  'fails for a null byte': () => execa('true', ['a\0b']),

  kills: async () => {
    const subprocess = execa('sleep', ['30']);
    const sent = subprocess.kill('SIGINT');
    return [sent, await attempt(() => subprocess), subprocess.kill()];
  },
  'kills with an error': () => {
    const subprocess = execa('sleep', ['30']);
    subprocess.kill(new Error('enough'));
    return subprocess;
  },
  'kills by force what does not end': async () => {
    const subprocess = sh('trap "" TERM; echo ready; read line', { forceKillAfterDelay: 50 });
    await once(subprocess.stdout, 'data');
    subprocess.kill();
    return subprocess;
  },
  'ends by a timeout': () => execa('sleep', ['30'], { timeout: 50 }),
  'ends by an AbortSignal': async () => {
    const controller = new AbortController();
    const subprocess = sh('echo ready; exec sleep 30', { cancelSignal: controller.signal });
    await once(subprocess.stdout, 'data');
    controller.abort(new Error('no longer wanted'));
    return subprocess;
  },
  'ends in grace by an AbortSignal': async () => {
    const controller = new AbortController();
    const subprocess = execaNode(child('graceful'), {
      cancelSignal: controller.signal,
      gracefulCancel: true,
      forceKillAfterDelay: false,
    });
    await once(subprocess.stdout, 'data');
    controller.abort('now');
    return subprocess;
  },
  'starts nothing for a signal that is aborted': () =>
    execa('sleep', ['30'], { cancelSignal: AbortSignal.abort('before') }),
  'ends by too much output': async () => {
    // By which of its writes the program notices is chance.
    const { isMaxBuffer, stdout, cause } = await execa('yes', { maxBuffer: 100_000, reject: false });
    return [isMaxBuffer, stdout, cause];
  },

  'exchanges structured messages': async () => {
    const subprocess = execaNode(child('echo-messages'), { ipc: true, serialization: 'advanced' });
    const messages = [await subprocess.getOneMessage()];
    for (const message of [new Map([[1n, new Set('ab')]]), large, 'end']) {
      await subprocess.sendMessage(message);
      const { back } = await subprocess.getOneMessage();
      messages.push(back instanceof Map ? [...back.get(1n)] : back);
    }
    const { exitCode, ipcOutput } = await subprocess;
    return [messages, exitCode, ipcOutput.length];
  },
  'exchanges messages as JSON': async () => {
    const subprocess = execaNode(child('echo-messages'), { ipc: true, serialization: 'json' });
    await subprocess.getOneMessage();
    await subprocess.sendMessage({ a: [1, null] });
    const messages = [];
    for await (const message of subprocess.getEachMessage()) {
      messages.push(message);
      if (messages.length === 1) await subprocess.sendMessage('end');
    }
    return [messages, (await subprocess).ipcOutput];
  },
  'fails when the channel closes first': async () => {
    const subprocess = execa('true', { ipc: true });
    return [await attempt(() => subprocess.getOneMessage()), await attempt(() => subprocess)];
  },

  'runs 30 at once': () =>
    Promise.all(Array.from({ length: 30 }, (_, index) => sh(`cat; echo ${index}`, { input: `${index} ` }))),
  'tells the events of its child': async () => {
    const subprocess = sh('exit 5', { reject: false });
    // Since version 10 the child is a field; before, the promise is the child.
    const { nodeChildProcess = subprocess } = subprocess;
    const end = await endOf(nodeChildProcess);
    const { exitCode, spawnfile, spawnargs, connected, killed } = nodeChildProcess;
    return [end, exitCode, spawnfile, spawnargs, connected, killed, nodeChildProcess instanceof ChildProcess];
  },

  'gives output synchronously': () => shSync('echo out; echo err >&2; printf %s "$X"', { env: { X: 'x' } }),
  'carries 3 MiB in and out synchronously': () => execaSync('cat', { input: large, encoding: 'buffer' }),
  'reads a slot beyond stderr synchronously': () =>
    shSync('echo more >&3', { stdio: ['pipe', 'pipe', 'pipe', 'pipe'], lines: true }),
  'fails by an exit code synchronously': () => shSync('echo out; exit 3'),
  'fails by a signal synchronously': () => shSync('kill -TERM $$'),
  'fails synchronously for a program that is not there': () => execaSync('no-such-program'),
  'fails synchronously for a directory that is not there': () => execaSync('true', { cwd: '/no/such' }),
  'ends by a timeout synchronously': () => execaSync('sleep', ['30'], { timeout: 50 }),
  'ends by too much output synchronously': () => shSync('printf 1234567890; exec sleep 30', { maxBuffer: 5 }),
};
