import { rmSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { at } from '../support/paths.js';
import { makeFile } from '../support/starts.js';
import { tempPath } from '../support/temp.js';
import { expectEventLog, outcomeOf, throws } from './event-log.js';
import type { Door } from './oracle.js';
import { same, sameScript } from './oracle.js';

const child = tempPath('child.cjs');
const inRepository = at('build/test/fork-child.cjs');
const quiet = ['ignore', 'pipe', 'pipe', 'ipc'];

before(() => {
  const text = `process.send({ argv: process.argv.slice(2), execArgv: process.execArgv, argv0: process.argv0,
    cwd: process.cwd(), channel: process.channel.fd,
    connected: process.connected, A: process.env.A, map: new Map([[1, 2]]) }, () => process.disconnect());`;
  makeFile(text, 0o644, child);
  makeFile(text, 0o644, inRepository);
});
after(() => rmSync(inRepository));

describe('fork', () => {
  const good: readonly [string, (cp: Door) => unknown, object][] = [
    ['a path', (cp) => cp.fork(child, { stdio: quiet }), { argv: [], channel: 3, connected: true }],
    ['a URL', (cp) => cp.fork(pathToFileURL(child), { stdio: quiet }), { argv: [] }],
    [
      'a relative path',
      (cp) => cp.fork('./build/test/fork-child.cjs', { stdio: quiet, cwd: at('') }),
      { argv: [] },
    ],
    ['arguments', (cp) => cp.fork(child, ['a', 'b c', ''], { stdio: quiet }), { argv: ['a', 'b c', ''] }],
    ['null arguments', (cp) => cp.fork(child, null, { stdio: quiet }), { argv: [] }],
    ['undefined arguments', (cp) => cp.fork(child, undefined, { stdio: quiet }), { argv: [] }],
    [
      'arguments that are no text',
      (cp) => cp.fork(child, [1, true, null], { stdio: quiet }),
      { argv: ['1', 'true', 'null'] },
    ],
    ['silent', (cp) => cp.fork(child, { silent: true }), { channel: 3 }],
    [
      'silent, which stdio overrules',
      (cp) => cp.fork(child, { silent: false, stdio: 'pipe' }),
      { channel: 3 },
    ],
    ["stdio 'pipe'", (cp) => cp.fork(child, { stdio: 'pipe' }), { channel: 3 }],
    ["stdio 'ignore'", (cp) => cp.fork(child, { stdio: 'ignore' }), { channel: 3 }],
    ["stdio 'inherit'", (cp) => cp.fork(child, { stdio: 'inherit' }), { channel: 3 }],
    ["stdio 'overlapped'", (cp) => cp.fork(child, { stdio: 'overlapped' }), { channel: 3 }],
    ['stdio undefined', (cp) => cp.fork(child, { stdio: undefined }), { channel: 3 }],
    ['stdio null', (cp) => cp.fork(child, { stdio: null, silent: true }), { channel: 3 }],
    [
      'the channel on a higher slot',
      (cp) => cp.fork(child, { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'ignore', 'ipc'] }),
      { channel: 5 },
    ],
    ['the channel on 1', (cp) => cp.fork(child, { stdio: ['ignore', 'ipc', 'ignore'] }), { channel: 1 }],
    [
      'execArgv',
      (cp) => cp.fork(child, { stdio: quiet, execArgv: ['--stack-size=900', '--no-warnings'] }),
      { execArgv: ['--stack-size=900', '--no-warnings'] },
    ],
    ['an empty execArgv', (cp) => cp.fork(child, { stdio: quiet, execArgv: [] }), { execArgv: [] }],
    ['null execArgv', (cp) => cp.fork(child, { stdio: quiet, execArgv: null }), { argv: [] }],
    ['execPath', (cp) => cp.fork(child, { stdio: quiet, execPath: process.execPath }), { argv: [] }],
    ['an empty execPath', (cp) => cp.fork(child, { stdio: quiet, execPath: '' }), { argv: [] }],
    ['an environment', (cp) => cp.fork(child, { stdio: quiet, env: { A: 'b' } }), { A: 'b' }],
    ['a directory', (cp) => cp.fork(child, { stdio: quiet, cwd: '/' }), { cwd: '/' }],
    ['argv0', (cp) => cp.fork(child, { stdio: quiet, argv0: 'another' }), { argv0: 'another' }],
    ['a shell, which is never used', (cp) => cp.fork(child, { stdio: quiet, shell: true }), { argv: [] }],
    ['serialization', (cp) => cp.fork(child, { stdio: quiet, serialization: 'advanced' }), { map: 'a Map' }],
    ['detached', (cp) => cp.fork(child, { stdio: quiet, detached: true }), { argv: [] }],
    ['null options', (cp) => cp.fork(child, [], null), { argv: [] }],
    [
      'frozen options without a prototype',
      (cp) => cp.fork(child, Object.freeze(Object.assign(Object.create(null), { stdio: quiet }))),
      { argv: [] },
    ],
  ];
  for (const [what, fork, said] of good)
    same(
      `takes ${what}`,
      (cp) => outcomeOf(() => fork(cp)),
      (outcome) => {
        const { events } = expectEventLog(outcome);
        const message = events.find(({ event }) => event === 'message');
        expect(message?.args[0]).to.deep.include(said);
        expect(events.map(({ event }) => event)).to.include.members(['spawn', 'disconnect', 'exit', 'close']);
        expect(events.at(-1)?.args).to.deep.equal([0, null]);
      },
    );

  describe('throws for', () => {
    const wrong: readonly [string, (cp: Door) => unknown][] = [
      ['no path', (cp) => cp.fork()],
      ['a number', (cp) => cp.fork(5)],
      ['an object', (cp) => cp.fork({})],
      ['a symbol', (cp) => cp.fork(Symbol('path'))],
      ['a path with NUL', (cp) => cp.fork('a\0b')],
      ['a URL that is no file', (cp) => cp.fork(new URL('http://localhost/'))],
      ['a URL with NUL', (cp) => cp.fork(new URL('file:///a%00b'))],
      ['arguments that are text', (cp) => cp.fork(child, 'text')],
      ['arguments that are a number', (cp) => cp.fork(child, 5)],
      ['arguments that are true', (cp) => cp.fork(child, true)],
      ['arguments with NUL', (cp) => cp.fork(child, ['\0'])],
      ['options that are text', (cp) => cp.fork(child, [], 'text')],
      ['options that are an array', (cp) => cp.fork(child, [], [])],
      ['options that are a number', (cp) => cp.fork(child, [], 5)],
      ['stdio without a channel', (cp) => cp.fork(child, { stdio: ['pipe', 'pipe', 'pipe'] })],
      ['an empty stdio', (cp) => cp.fork(child, { stdio: [] })],
      ['stdio with two channels', (cp) => cp.fork(child, { stdio: ['ipc', 'ipc', 'pipe'] })],
      ['stdio that is a word', (cp) => cp.fork(child, { stdio: 'nonsense' })],
      ["stdio 'ipc'", (cp) => cp.fork(child, { stdio: 'ipc' })],
      ['execPath with NUL', (cp) => cp.fork(child, { execPath: 'a\0' })],
      ['execPath that is a number', (cp) => cp.fork(child, { execPath: 5 })],
      ['execArgv that is text', (cp) => cp.fork(child, { execArgv: '--x\0' })],
      ['execArgv with NUL', (cp) => cp.fork(child, { execArgv: ['\0'] })],
      ['execArgv that is a number', (cp) => cp.fork(child, { execArgv: 5 })],
      ['a wrong serialization', (cp) => cp.fork(child, { serialization: 'xml', stdio: quiet })],
      ['a wrong timeout', (cp) => cp.fork(child, { timeout: -1 })],
      ['a wrong killSignal', (cp) => cp.fork(child, { killSignal: 'SIGNO' })],
      ['a wrong cwd', (cp) => cp.fork(child, { cwd: 5 })],
    ];
    for (const [what, call] of wrong) same(what, (cp) => outcomeOf(() => call(cp)), throws());
  });

  same(
    'emits an error for a missing execPath, and the channel ends',
    (cp) => outcomeOf(() => cp.fork(child, { execPath: '/no/such', stdio: quiet })),
    (outcome) =>
      expect(expectEventLog(outcome).events.map(({ event }) => event)).to.deep.equal([
        'error',
        'disconnect',
        'close',
      ]),
  );
  same(
    'of a missing module gives exit code 1',
    async (cp) => {
      const log = expectEventLog(await outcomeOf(() => cp.fork('/no/such.cjs', { silent: true })));
      return { ...log, stderr: log.stderr.includes('Cannot find module') };
    },
    ({ events, stderr }) => {
      expect(stderr).to.equal(true);
      expect(events.at(-1)?.args).to.deep.equal([1, null]);
    },
  );
  same(
    'takes an execArgv that is a text letter by letter',
    (cp) => outcomeOf(() => cp.fork(child, { execArgv: 'ab', execPath: '/bin/echo', stdio: quiet })),
    (outcome) => expect(expectEventLog(outcome).stdout).to.match(/^a b /),
  );
  same(
    'is killed at a timeout',
    (cp) =>
      outcomeOf(() =>
        cp.fork(child, { execPath: '/bin/sh', execArgv: ['-c', 'exec sleep 30'], timeout: 20, stdio: quiet }),
      ).then((outcome) => expectEventLog(outcome).events.at(-1)),
    (last) => expect(last?.args).to.deep.equal([null, 'SIGTERM']),
  );

  sameScript(
    'passes the flags of the parent on',
    `const child = cp.fork(${JSON.stringify(child)}, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
     child.on('message', ({ execArgv }) => console.log(execArgv));`,
    ({ stdout }) => expect(stdout).to.match(/--no-deprecation/),
    { nodeArgs: ['--no-deprecation', '--stack-size=950'] },
  );
  for (const flags of [['-e'], ['--eval'], ['--no-deprecation', '-e'], ['-p'], ['--input-type=module', '-e']])
    same(
      `leaves out the script of ${flags.join(' ')}`,
      (cp) => {
        const script = `${flags[0] === '--input-type=module' ? `import cp from '${cp.name}'` : `(async () => { const { default: cp } = await import('${cp.name}')`};
          cp.fork(${JSON.stringify(child)}, ['x'], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
            .on('message', ({ execArgv, argv }) => console.log(JSON.stringify([execArgv.map((arg) => arg.length > 40 ? 'SCRIPT' : arg), argv])));
          ${flags[0] === '--input-type=module' ? '' : '})()'}`;
        return outcomeOf(() =>
          cp.spawn(process.execPath, [...flags, script], { cwd: at(''), stdio: ['ignore', 'pipe', 'pipe'] }),
        ).then((outcome) => expectEventLog(outcome).stdout);
      },
      (stdout) => expect(stdout).to.match(/\["x"\]\]/),
    );
});
