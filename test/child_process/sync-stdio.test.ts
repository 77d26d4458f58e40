import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { expect } from 'chai';
import { openSocketPair } from 'forkless';
import { tempPath } from '../support/temp.js';
import { ours, same } from './oracle.js';
import { gave, observe, syncOf } from './sync-door.js';

/** The `output` of a script of sh under this stdio, as text. */
function output(
  title: string,
  script: string,
  stdio: () => unknown,
  expected: readonly (string | null)[],
): void {
  same(
    title,
    (cp) => syncOf(cp).spawnSync('/bin/sh', ['-c', script], { stdio: stdio(), encoding: 'latin1' }).output,
    (seen) => expect(seen).to.deep.equal(expected),
  );
}

/** 'pipe' in slots 1 and 3, holes in 0 and 2. */
function sparse(): unknown[] {
  const stdio: unknown[] = [];
  stdio[1] = 'pipe';
  stdio[3] = 'pipe';
  return stdio;
}

const SPEAK = 'echo 1; echo 2 >&2';

describe('stdio of spawnSync', () => {
  output('three pipes where nothing is said', SPEAK, () => undefined, [null, '1\n', '2\n']);
  output('three pipes for an empty string', SPEAK, () => '', [null, '1\n', '2\n']);
  output('nothing for "ignore"', SPEAK, () => 'ignore', [null, null, null]);
  output('fewer than three entries', SPEAK, () => ['ignore'], [null, '1\n', '2\n']);
  output('null and undefined', SPEAK, () => [null, undefined, 'ignore', null, undefined], [
    null,
    '1\n',
    null,
    null,
    null,
  ]);
  output('negative numbers for pipes', SPEAK, () => [-1, -5, -0.5], [null, '1\n', '2\n']);
  output(
    'more pipes, all read',
    `${SPEAK}; echo 3 >&3; echo 5 >&5`,
    () => ['pipe', 'pipe', 'pipe', 'pipe', 'ignore', 'pipe'],
    [null, '1\n', '2\n', '3\n', null, '5\n'],
  );
  output(
    'a number below -1, which is nothing',
    'cat; readlink /proc/self/fd/0',
    () => [{ fd: -2 }, 'pipe', 'pipe', { fd: -7 }],
    [null, '/dev/null\n', '', null],
  );
  output('no number, which is 0', 'test -e /proc/self/fd/1', () => ['pipe', Number.NaN], [null, null, '']);
  output(
    'words and bytes that leave no entry: the others move up',
    'echo 0 >&0; echo 1; echo 2 >&2',
    () => ['word', 'pipe', Buffer.from('x'), 'pipe', 'pipe'],
    ['0\n', '1\n', '2\n'],
  );
  output('holes that leave no entry either', 'echo 0 >&0; echo 1', sparse, ['0\n', '1\n']);

  same(
    'fills up the caller’s own array',
    (cp) => {
      const stdio = ['pipe'];
      syncOf(cp).spawnSync('true', { stdio });
      return stdio;
    },
    (stdio) => expect(stdio).to.deep.equal(['pipe', undefined, undefined]),
  );
  same(
    'throws where it cannot',
    (cp) => observe(() => syncOf(cp).spawnSync('true', { stdio: Object.freeze(['pipe']) })),
    (observed) => expect(observed).to.have.nested.property('thrown.name', 'TypeError'),
  );
  same(
    'gives the program a socket, not a pipe, that blocks and takes writing on each side',
    (cp) => {
      const script =
        'readlink /proc/$$/fd/0 | tr -d 0-9; grep flags /proc/$$/fdinfo/0; echo back >&0; echo $?';
      return syncOf(cp).spawnSync('/bin/sh', ['-c', script]).stdout;
    },
    (stdout) => expect(String(stdout)).to.equal('socket:[]\nflags:\t02\n0\n'),
  );
  same(
    'writes to a descriptor of this process',
    (cp) => {
      const path = tempPath('stdio');
      const fd = openSync(path, 'w');
      try {
        const result = observe(() =>
          syncOf(cp).spawnSync('echo', ['text'], { stdio: ['ignore', fd, { fd }] }),
        );
        return { ...result, file: readFileSync(path, 'utf8') };
      } finally {
        closeSync(fd);
        rmSync(path);
      }
    },
    (observed) => {
      gave({})(observed);
      expect(observed.file).to.equal('text\n');
    },
  );
  same(
    'inherits this process’s own',
    (cp) =>
      observe(() => syncOf(cp).spawnSync('test', ['/dev/fd/0', '-ef', '/dev/fd/0'], { stdio: 'inherit' })),
    gave({}),
  );

  // Node itself aborts for both.
  describe('beyond Node', () => {
    it('takes "overlapped" for "pipe", alone and in an array', () => {
      const { spawnSync } = syncOf(ours);
      for (const stdio of ['overlapped', ['overlapped', 'overlapped', 'pipe']]) {
        const { output } = spawnSync('/bin/sh', ['-c', SPEAK], { stdio, encoding: 'utf8' });
        expect(output).to.deep.equal([null, '1\n', '2\n']);
      }
    });

    it('takes a stream that has a handle', async () => {
      const [here, there] = openSocketPair();
      const [socket, reader] = [new Socket({ fd: there }), new Socket({ fd: here })];
      try {
        const { status } = syncOf(ours).spawnSync('echo', ['text'], { stdio: ['ignore', socket, 'ignore'] });
        expect(status).to.equal(0);
        const [chunk] = (await reader.take(1).toArray()) as Buffer[];
        expect(String(chunk)).to.equal('text\n');
      } finally {
        socket.destroy();
        reader.destroy();
      }
    });
  });
});

describe('input of spawnSync', () => {
  const bytes = new Uint8Array(new SharedArrayBuffer(3)).fill(65);
  const inputs: [title: string, input: unknown, stdout: string, encoding?: string][] = [
    ['a string', 'häl', 'h\u00c3\u00a4l'],
    ['an empty string', '', ''],
    ['a Buffer', Buffer.from('text'), 'text'],
    ['an empty Buffer', Buffer.alloc(0), ''],
    ['a typed array by its bytes', new Uint16Array([0x4241, 0x4443]), 'ABCD'],
    ['a part of a larger one', new DataView(Buffer.from('012345').buffer.slice(0), 0, 0), ''],
    ['a part of the memory', Buffer.from('012345').subarray(2, 4), '23'],
    ['shared memory', bytes, 'AAA'],
    ['a string in the encoding of the output', '616263', '616263', 'hex'],
    ['false', false, ''],
    ['0', 0, ''],
  ];
  for (const [title, input, stdout, encoding] of inputs)
    same(
      `is what the program reads: ${title}`,
      (cp) => observe(() => syncOf(cp).spawnSync('cat', [], { input, ...(encoding && { encoding }) })),
      gave({ stdout }),
    );

  same(
    'is ignored where slot 0 is no pipe',
    (cp) => observe(() => syncOf(cp).spawnSync('cat', { input: 'x', stdio: ['ignore', 'pipe', 'pipe'] })),
    gave({ stdout: '' }),
  );
  same(
    'is checked even where slot 0 is no pipe',
    (cp) => observe(() => syncOf(cp).spawnSync('cat', { input: 7, stdio: 'ignore' })),
    (observed) => expect(observed).to.have.nested.property('thrown.code', 'ERR_INVALID_ARG_TYPE'),
  );
  same(
    'cannot be in the encoding "buffer"',
    (cp) => observe(() => syncOf(cp).spawnSync('cat', { input: 'x', encoding: 'buffer' })),
    (observed) => expect(observed).to.have.nested.property('thrown.code', 'ERR_UNKNOWN_ENCODING'),
  );
  same(
    'may be more than a socket holds, on its way out and back',
    (cp) => {
      const input = Buffer.alloc(5_000_000, 'abcdefg');
      const { stdout, status, error } = syncOf(cp).spawnSync('cat', { input, maxBuffer: 5_000_000 });
      return [status, error, Buffer.isBuffer(stdout) && stdout.equals(input)];
    },
    (seen) => expect(seen).to.deep.equal([0, undefined, true]),
  );
  for (const [title, script, status] of [
    ['ends without reading it', 'exit 0', 0],
    ['closes its stdin and lives on', 'exec <&-; sleep 0.1; exit 3', 3],
    ['reads only its beginning', 'head -c 10 >/dev/null', 0],
  ] as const)
    same(
      `is EPIPE beside the result of a program that ${title}`,
      (cp) =>
        observe(() => syncOf(cp).spawnSync('/bin/sh', ['-c', script], { input: Buffer.alloc(2_000_000) })),
      gave({ status, error: 'EPIPE' }),
    );
  same(
    'may stay unread where a socket holds it',
    (cp) => observe(() => syncOf(cp).spawnSync('/bin/sh', ['-c', 'sleep 0.1'], { input: 'x'.repeat(1000) })),
    gave({}),
  );
});
