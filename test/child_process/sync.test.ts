import { expect } from 'chai';
import { nodes, ours, same } from './oracle.js';
import { gave, observe, syncOf, threw } from './sync-door.js';

/** What a script of sh gives under these options. */
function shell(title: string, script: string, options: object, expected: Parameters<typeof gave>[0]): void {
  same(
    title,
    (cp) => observe(() => syncOf(cp).spawnSync('/bin/sh', ['-c', script], options)),
    gave(expected),
  );
}

describe('spawnSync', () => {
  it('is another function than Node’s, as are its siblings', () => {
    for (const name of ['spawnSync', 'execSync', 'execFileSync'] as const) {
      const [theirs, own] = [syncOf(nodes)[name], syncOf(ours)[name]];
      expect(own, name).not.to.equal(theirs);
      expect([own.name, own.length]).to.deep.equal([theirs.name, theirs.length]);
    }
  });

  describe('gives', () => {
    shell(
      'what was written, and the exit code',
      'echo out; echo err >&2; exit 7',
      {},
      {
        status: 7,
        stdout: 'out\n',
        stderr: 'err\n',
      },
    );
    shell('the name of a signal', 'kill -9 $$', {}, { status: null, signal: 'SIGKILL' });
    shell('the first of two names of a signal', 'kill -6 $$', {}, { status: null, signal: 'SIGABRT' });
    shell('and of the other signal with two', 'kill -29 $$', {}, { status: null, signal: 'SIGIO' });
    shell('no name for a real-time signal', 'kill -40 $$', {}, { status: null, signal: '' });

    same(
      'an object without a class of its own',
      (cp) => Object.getPrototypeOf(syncOf(cp).spawnSync('/bin/true')) === Object.prototype,
      (plain) => expect(plain).to.equal(true),
    );
    same(
      'stdout and stderr as the very objects that stand in output',
      (cp) => {
        const { output, stdout, stderr } = syncOf(cp).spawnSync('/bin/true');
        return [output?.length, output?.[0], output?.[1] === stdout, output?.[2] === stderr];
      },
      (seen) => expect(seen).to.deep.equal([3, null, true, true]),
    );
    for (const size of [0, 1, 65_535, 65_536, 65_537, 300_000])
      same(
        `a Buffer of exactly the ${size} bytes that were written`,
        (cp) => {
          const { stdout } = syncOf(cp).spawnSync('head', ['-c', `${size}`, '/dev/zero']);
          if (!Buffer.isBuffer(stdout)) return 'no Buffer';
          return [
            stdout.length,
            stdout.byteOffset,
            stdout.buffer.byteLength,
            stdout.every((byte) => byte === 0),
          ];
        },
        (seen) => expect(seen).to.deep.equal([size, 0, size, true]),
      );
  });

  describe('encodes its output', () => {
    const cases: [title: string, encoding: unknown, stdout: string][] = [
      ['as text', 'utf8', 'ä\n'],
      ['as text of another name', 'UTF-8', 'ä\n'],
      ['byte by byte', 'latin1', '\u00c3\u00a4\n'],
      ['as digits', 'hex', 'c3a40a'],
      ["not at all with 'buffer'", 'buffer', '\u00c3\u00a4\n'],
      ['not at all with an empty string', '', '\u00c3\u00a4\n'],
      ['not at all with null', null, '\u00c3\u00a4\n'],
    ];
    for (const [title, encoding, stdout] of cases)
      same(title, (cp) => observe(() => syncOf(cp).spawnSync('echo', ['ä'], { encoding })), gave({ stdout }));

    for (const encoding of ['nonsense', {}, 5])
      same(
        `and throws for what is no encoding, after the end: ${JSON.stringify(encoding)}`,
        (cp) => observe(() => syncOf(cp).spawnSync('echo', ['x'], { encoding })),
        threw('ERR_UNKNOWN_ENCODING'),
      );
  });

  describe('of a program that cannot be started', () => {
    const failures: [title: string, file: string, args: unknown[], options: object, code: string][] = [
      ['there is none', '/no/such/program', ['a', 1, null], {}, 'ENOENT'],
      ['there is none in PATH', 'no-such-program', ['a'], { encoding: 'utf8', input: 'x' }, 'ENOENT'],
      ['it is no program', '/etc/passwd', [], {}, 'EACCES'],
      ['its folder is a file', '/etc/passwd/x', [], {}, 'ENOTDIR'],
      ['its directory is missing', 'pwd', [], { cwd: '/no/such/directory' }, 'ENOENT'],
      ['its directory is empty', 'pwd', [], { cwd: '' }, 'ENOENT'],
      ['its arguments are too many', 'true', ['x'.repeat(3_000_000)], {}, 'E2BIG'],
      ['its shell is missing', 'true', [], { shell: '/no/such/shell' }, 'ENOENT'],
      ['a descriptor is closed', 'true', [], { stdio: ['pipe', 4999, 'pipe'] }, 'EBADF'],
      ['a descriptor is none', 'true', [], { stdio: ['pipe', { fd: -1 }, 'pipe'] }, 'EINVAL'],
    ];
    for (const [title, file, args, options, code] of failures)
      same(
        `says that ${title}`,
        (cp) => observe(() => syncOf(cp).spawnSync(file, args, options)),
        gave({ status: null, error: code }),
      );
  });

  describe('starts', () => {
    same(
      'with arguments that are no strings as their text',
      (cp) => {
        const word = { toString: () => 'word' };
        return observe(() => syncOf(cp).spawnSync('echo', [1, null, undefined, true, word]));
      },
      gave({ stdout: '1 null undefined true word\n' }),
    );
    same(
      'with the name that argv0 gives',
      (cp) => observe(() => syncOf(cp).spawnSync('/bin/sh', ['-c', 'echo $0'], { argv0: 'name' })),
      gave({ stdout: 'name\n' }),
    );
    same(
      'in a directory given as a URL',
      (cp) => observe(() => syncOf(cp).spawnSync('pwd', { cwd: new URL('file:///usr') })),
      gave({ stdout: '/usr\n' }),
    );
    same(
      'with exactly the environment that was given',
      (cp) => observe(() => syncOf(cp).spawnSync('/usr/bin/env', { env: { A: '1', B: undefined, C: null } })),
      gave({ stdout: 'A=1\nC=null\n' }),
    );
    same(
      'a line of the shell, with its arguments appended',
      (cp) => observe(() => syncOf(cp).spawnSync('echo "$0" a', { shell: true })),
      gave({ stdout: '/bin/sh a\n' }),
    );
    same(
      'with another shell',
      (cp) => observe(() => syncOf(cp).spawnSync('echo "$0"', { shell: '/bin/bash' })),
      gave({ stdout: '/bin/bash\n' }),
    );
    shell(
      'in a session of its own when detached',
      'test $(ps -o sid= $$) = $$ && echo own',
      { detached: true },
      {
        stdout: 'own\n',
      },
    );
    shell(
      'in the session of its parent otherwise',
      'test $(ps -o sid= $$) = $$ || echo theirs',
      {},
      {
        stdout: 'theirs\n',
      },
    );
    shell(
      'with no signal ignored or blocked',
      'grep -E "^Sig(Blk|Ign)" /proc/self/status',
      {},
      {
        stdout: 'SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n',
      },
    );
    if (process.getuid?.() === 0)
      same(
        'as another user and group, without the groups of its parent',
        (cp) =>
          observe(() => syncOf(cp).spawnSync('/bin/sh', ['-c', 'id -u; id -G'], { uid: 1234, gid: 1235 })),
        gave({ stdout: '1234\n1235\n' }),
      );
  });
});
