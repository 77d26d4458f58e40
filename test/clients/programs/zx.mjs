import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { Writable } from 'node:stream';
import { attempt, folder, importClient, large } from './kit.mjs';

const { $, cd, within } = await importClient('zx');
$.verbose = false;
// A shell whose input is a socket reads what it finds at home.
process.env.HOME = folder;

/** What is the same in every run: zx's objects also hold times, streams, and where in its own code they came from. */
function facts({ stdout, stderr, stdall, exitCode, signal, ok, cause, message }) {
  const lines = stdall.split('\n').sort();
  const said = message.split('\n').filter((line) => !line.startsWith('    at '));
  return { stdout, stderr, lines, exitCode, signal, ok, cause, said };
}

/** The facts of a success, or of the failure. */
const end = (command) => Promise.resolve(command).then(facts, facts);

export const scenarios = {
  'gives output and exit code': () => end($`echo out; echo err >&2; exit 3`),
  'quotes arguments': () => end($`printf '%s\n' ${['two words', '$HOME', '*', "it's"]}`),
  'carries 3 MiB in and out': () => end($({ input: large })`cat`),
  'carries 3 MiB from file to file': async () => {
    writeFileSync(`${folder}/in`, large);
    await $`cat < ${folder}/in`.pipe(`${folder}/out`);
    return readFileSync(`${folder}/out`);
  },
  'pipes one program into the next': () => end($`printf 'b\na\nb\n'`.pipe`sort -u`.pipe($`tr a-z A-Z`)),
  'pipes into a stream': async () => {
    let length = 0;
    const sink = new Writable({
      write(chunk, _, done) {
        length += chunk.length;
        done();
      },
    });
    await $({ input: large })`cat`.pipe(sink);
    return length;
  },
  'iterates over lines': async () => {
    const lines = [];
    for await (const line of $`echo 1; echo 2; echo 3`) lines.push(line);
    return lines;
  },
  'gives text, lines, JSON and bytes': async () => [
    await $`echo text`.text(),
    await $`echo 1; echo 2`.lines(),
    await $`echo '{"a": [1, null]}'`.json(),
    await $`printf '\\377\\0'`.buffer(),
  ],
  'changes the directory': () =>
    within(() => {
      cd('/usr');
      return end($`pwd`);
    }),
  'passes the environment on': () =>
    end($({ env: { PATH: process.env.PATH, HOME: folder, GREETING: 'hello' } })`echo $GREETING`),
  'does not throw when told so': () => end($({ nothrow: true })`exit 4`),
  detaches: () =>
    end(
      $({ detached: true })`read -r pid _ _ _ _ session _ </proc/$$/stat; [ $pid = $session ] && echo leads`,
    ),
  'runs 30 at once': () =>
    Promise.all(Array.from({ length: 30 }, (_, index) => end($`echo ${index}; exit ${index}`))),

  'fails for a program that is not there': () => end($`no-such-program`),
  'fails for a shell that is not there': () => end($({ shell: '/no/such/shell', prefix: '' })`true`),
  'fails for a directory that is not there': () => end($({ cwd: '/no/such' })`true`),
  'fails by a signal': () => end($`kill -USR1 $$`),

  'kills the whole tree': async () => {
    // The output ends with the last process that holds it.
    const command = $`sleep 30 & echo ready; read line`;
    await once(command.stdout, 'data');
    await command.kill();
    return end(command);
  },
  'ends by a timeout': () => end($({ timeout: '50ms', timeoutSignal: 'SIGKILL' })`exec sleep 30`),
  'ends by an AbortSignal': async () => {
    const controller = new AbortController();
    const command = $({ signal: controller.signal })`echo ready; exec sleep 30`;
    await once(command.stdout, 'data');
    controller.abort('enough');
    return end(command);
  },

  'gives output synchronously': () => facts($.sync`echo out; echo err >&2`),
  'carries half a MiB in and out synchronously': () =>
    facts($.sync({ input: large.subarray(0, 1 << 19) })`cat`),
  'fails synchronously': () => attempt(() => facts($.sync({ nothrow: true })`exit 3`)),
};
