import { closeSync, openSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { fdRun } from '../support/launchers.js';
import { tempPath } from '../support/temp.js';
import { childReport } from './child-report.js';
import { closed, ends, expectEventLog, gather, outcomeOf, throws } from './event-log.js';
import type { Door } from './oracle.js';
import { same, sameScript } from './oracle.js';

describe('stdio', () => {
  const kinds: readonly [string, () => unknown][] = [
    ["'pipe'", () => 'pipe'],
    ["'overlapped'", () => 'overlapped'],
    ["'ignore'", () => 'ignore'],
    ["'inherit'", () => 'inherit'],
    ['undefined', () => undefined],
    ['null', () => null],
    ['false', () => false],
    ['an empty string', () => ''],
    ['an empty array', () => []],
    ['an array of one', () => ['ignore']],
    ['an array of two', () => ['ignore', 'pipe']],
    ['an array with holes', () => Object.assign([], { 1: 'ignore', 4: 'pipe' })],
    ['null and undefined', () => [null, undefined, null, null, undefined]],
    ['all kinds', () => ['pipe', 'ignore', 'inherit', 'overlapped', 'ignore', 'pipe', 0, null, 2, -1]],
    ['ten pipes', () => new Array(10).fill('pipe')],
    ['thirty pipes', () => new Array(30).fill('pipe')],
    ['numbers', () => [0, 1, 2]],
    ['numbers of each other', () => ['ignore', 2, 1]],
    ['negative numbers', () => [-1, -5, -0.5]],
    ['objects with fd', () => [{ fd: 0 }, { fd: 1 }, { fd: 2 }]],
    ['one descriptor in all', () => new Array(8).fill(1)],
    ["'inherit' on more than three", () => ['ignore', 'inherit', 'inherit']],
    ['process.stdin, stdout and stderr', () => [process.stdin, process.stdout, process.stderr]],
    ['a frozen array', () => Object.freeze(['ignore', 'pipe', 'pipe'])],
  ];
  for (const [what, stdio] of kinds) {
    same(
      `${what}: the child sees it`,
      (cp) => childReport(cp, { stdio: stdio() ?? 'pipe' }),
      ({ fds }) => {
        expect(fds.map(({ fd }) => fd).slice(0, 3)).to.deep.equal([0, 1, 2]);
        for (const { fd, flags } of fds)
          if (fd < 3) expect(flags & 0o4000, `O_NONBLOCK of ${fd}`).to.equal(0);
      },
    );
    same(
      `${what}: the parent sees it`,
      (cp) => outcomeOf(() => cp.spawn('/bin/true', { stdio: stdio() })),
      ends(0),
    );
  }

  same(
    "'ignore' is /dev/null for reading and writing",
    (cp) => childReport(cp, { stdio: 'ignore' }),
    ({ fds }) =>
      expect(fds.map(({ target, flags }) => [target, flags & 3])).to.deep.equal([
        ['/dev/null', 0],
        ['/dev/null', 2],
        ['/dev/null', 2],
      ]),
  );
  same(
    'a pipe is a socket that goes both ways',
    (cp) => childReport(cp, { stdio: 'pipe' }),
    ({ fds }) =>
      expect(fds.map(({ target, flags }) => [target, flags & 3])).to.deep.equal(
        new Array(3).fill(['socket:', 2]),
      ),
  );

  describe('throws for', () => {
    const wrong: readonly [string, () => unknown][] = [
      ["two of 'ipc'", () => ['ipc', 'pipe', 'pipe', 'ipc']],
      ['a word', () => 'pipes'],
      ['a word in an array', () => ['pipe', 'words']],
      ['a number', () => 1],
      ['true', () => true],
      ['an object', () => ({})],
      ['an array-like object', () => ({ 0: 'pipe', length: 1 })],
      ['a bad slot after pipes', () => ['pipe', 'pipe', 'pipe', 'ipc', {}]],
      ['true in a slot', () => [true]],
      ['false in a slot', () => [false]],
      ['a symbol in a slot', () => [Symbol('pipe')]],
      ['a function in a slot', () => ['pipe', () => {}]],
      ['an array in a slot', () => [['pipe']]],
      ['a Buffer in a slot', () => [Buffer.from('input')]],
      ['a typed array in a slot', () => [new Uint16Array(2)]],
      ['an empty string in a slot', () => ['']],
      ['fd that is text', () => [{ fd: '1' }]],
      ['fd that is null', () => ['ignore', { fd: null }]],
      ['a closed descriptor', () => ['ignore', 987]],
      ['a descriptor that is too large', () => ['ignore', 2 ** 31 - 1]],
      ['fd -1', () => ['ignore', { fd: -1 }]],
      ["'inherit' where nothing is open", () => [...new Array(700).fill('ignore'), 'inherit']],
      ['a bigint', () => [1n]],
    ];
    // What is no int32 stands in differences.test.ts: newer Nodes abort.
    for (const [what, stdio] of wrong)
      same(
        what,
        (cp) => outcomeOf(() => cp.spawn('/bin/true', { stdio: stdio() })),
        (outcome) => {
          if ('thrown' in outcome) throws()(outcome);
          else expect(outcome.events.at(-1)?.event).to.equal('close');
        },
      );
  });

  same(
    'a slot is read from a getter',
    (cp) =>
      outcomeOf(() =>
        cp.spawn('/bin/sh', ['-c', 'echo a >&2'], {
          stdio: [
            'ignore',
            {
              get fd() {
                return 2;
              },
            },
            'pipe',
          ],
        }),
      ),
    (outcome) => expect(expectEventLog(outcome).stderr).to.equal('a\n'),
  );

  same(
    '1 and 2 may be swapped',
    async (cp) => {
      const [out, err] = [tempPath('out'), tempPath('err')];
      const fds = [openSync(out, 'w'), openSync(err, 'w')];
      await closed(
        cp.spawn('/bin/sh', ['-c', 'echo out; echo err >&2'], { stdio: ['ignore', fds[1], fds[0]] }),
      );
      fds.forEach(closeSync);
      return [readFileSync(out, 'utf8'), readFileSync(err, 'utf8')];
    },
    (texts) => expect(texts).to.deep.equal(['err\n', 'out\n']),
  );
  same(
    'one file in many slots has one offset',
    async (cp) => {
      const path = tempPath('file');
      const fd = openSync(path, 'w');
      await closed(
        cp.spawn('/bin/sh', ['-c', 'for n in 1 2 3 4 5 6; do echo $n >&$n; done'], {
          stdio: ['ignore', fd, fd, fd, fd, fd, fd],
        }),
      );
      closeSync(fd);
      return readFileSync(path, 'utf8');
    },
    (text) => expect(text).to.equal('1\n2\n3\n4\n5\n6\n'),
  );
  same(
    'descriptors below the slots they go to are not overwritten on the way',
    async (cp) => {
      const paths = Array.from({ length: 12 }, () => tempPath('slot'));
      const fds = paths.map((path) => openSync(path, 'w')).reverse();
      const script = Array.from({ length: 12 }, (_, n) => `echo ${n + 3} >&${n + 3}`).join(';');
      await closed(cp.spawn('/bin/bash', ['-c', script], { stdio: ['ignore', 'ignore', 'inherit', ...fds] }));
      fds.forEach(closeSync);
      return paths.map((path) => readFileSync(path, 'utf8'));
    },
    (texts) => expect(texts).to.deep.equal(Array.from({ length: 12 }, (_, n) => `${14 - n}\n`)),
  );

  const talks: readonly [string, (cp: Door) => Promise<unknown>, unknown][] = [
    [
      'what is written to stdin is read by the child',
      async (cp) => {
        const child = cp.spawn('cat');
        const said = gather(child.stdout);
        child.stdin?.write('one ');
        child.stdin?.end('two');
        await closed(child);
        return said();
      },
      'one two',
    ],
    [
      'a pipe on a higher slot goes both ways',
      async (cp) => {
        const child = cp.spawn('/bin/sh', ['-c', 'read line <&3; echo "got $line" >&3'], {
          stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
        });
        const slot = child.stdio[3];
        if (!slot || !('write' in slot) || !('on' in slot)) throw new Error('no stream');
        const chunks: string[] = [];
        slot.on('data', (chunk) => chunks.push(String(chunk)));
        slot.write('a line\n');
        await closed(child);
        return chunks.join('');
      },
      'got a line\n',
    ],
    [
      'much goes through',
      async (cp) => {
        const child = cp.spawn('cat');
        const said = gather(child.stdout);
        child.stdin?.end(Buffer.alloc(3_000_000, 'x'));
        await closed(child);
        return said().length;
      },
      3_000_000,
    ],
    [
      'writing to a stdin that nobody reads is EPIPE',
      async (cp) => {
        const child = cp.spawn('/bin/sh', ['-c', 'exec <&-; echo closed; exec sleep 5']);
        const found: unknown[] = [];
        child.stdin?.on('error', ({ code, syscall }: NodeJS.ErrnoException) => found.push(code, syscall));
        child.stdout?.once('data', () => {
          child.stdin?.write('text', () => child.kill());
        });
        await closed(child);
        return found;
      },
      ['EPIPE', 'write'],
    ],
    [
      "'close' comes only when a grandchild has closed stdout as well",
      async (cp) => {
        const child = cp.spawn('/bin/sh', ['-c', 'read line; (read line; echo late) <&3 & exit 0'], {
          stdio: ['pipe', 'pipe', 'inherit', 'pipe'],
        });
        const said = gather(child.stdout);
        const order: string[] = [];
        for (const event of ['exit', 'close']) child.on(event, () => order.push(event, said()));
        child.on('exit', () => {
          const slot = child.stdio[3];
          if (slot && 'write' in slot) slot.end('go on\n');
        });
        child.stdin?.end('\n');
        await closed(child);
        return order;
      },
      ['exit', '', 'close', 'late\n'],
    ],
  ];
  for (const [title, talk, expected] of talks)
    same(title, talk, (observed) => expect(observed).to.deep.equal(expected));

  sameScript(
    'is /dev/null in what a parent without stdin starts',
    `const child = cp.spawn('readlink', ['/proc/self/fd/0'], { stdio: ['inherit', 'pipe', 'inherit'] });
     for await (const text of child.stdout) process.stdout.write(text);`,
    ({ stdout }) => expect(stdout).to.equal('/dev/null\n'),
    { launcher: fdRun('-0') },
  );
});
