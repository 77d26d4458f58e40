import { expect } from 'chai';
import { same, sameScript } from './oracle.js';
import type { Observed } from './sync-door.js';
import { observe, returned, syncOf, threw } from './sync-door.js';

const FAIL = 'echo out; echo err >&2; exit 4';

function fields(expected: object) {
  return (observed: Observed): void => {
    if (!('thrown' in observed)) throw new Error(`nothing thrown: ${JSON.stringify(observed)}`);
    expect(observed.thrown.fields).to.include(expected);
  };
}

describe('execSync', () => {
  same('gives what was written', (cp) => observe(() => syncOf(cp).execSync('echo hi')), returned('hi\n'));
  same(
    'gives output in the encoding that was asked for',
    (cp) => observe(() => syncOf(cp).execSync('printf a', { encoding: 'hex' })),
    returned('61'),
  );
  same(
    'gives null where stdout is no pipe',
    (cp) => observe(() => syncOf(cp).execSync('true', { stdio: 'ignore' })),
    returned(null),
  );
  same(
    'reads its input',
    (cp) => observe(() => syncOf(cp).execSync('tr a-z A-Z', { input: 'text' })),
    returned('TEXT'),
  );
  same(
    'throws for an exit code, with all that is known',
    (cp) => observe(() => syncOf(cp).execSync(FAIL, { stdio: 'pipe' })),
    fields({ status: 4, signal: null, pid: 'a pid', stdout: "Buffer 'out\n'", stderr: "Buffer 'err\n'" }),
  );
  same(
    'says in the message what was written to stderr',
    (cp) => observe(() => syncOf(cp).execSync(FAIL, { stdio: 'pipe', encoding: 'utf8' })),
    threw(undefined, /^Command failed: echo out; echo err >&2; exit 4\nerr\n$/),
  );
  same(
    'throws for a signal',
    (cp) => observe(() => syncOf(cp).execSync('kill -9 $$', { stdio: 'pipe' })),
    fields({ status: null, signal: 'SIGKILL' }),
  );
  same(
    'throws without an output where nothing is a pipe',
    (cp) => observe(() => syncOf(cp).execSync('exit 2', { stdio: 'ignore' })),
    threw(undefined, /^Command failed: exit 2$/),
  );
  same(
    'throws the error of a start, which is also its field error',
    (cp) => observe(() => syncOf(cp).execSync('true', { shell: '/no/such/shell' })),
    fields({ error: 'itself', status: null, path: '/no/such/shell', output: null, pid: 0 }),
  );
  same(
    'throws for too much output',
    (cp) => observe(() => syncOf(cp).execSync('printf 12345; exec sleep 60', { maxBuffer: 4 })),
    fields({ code: 'ENOBUFS', signal: 'SIGTERM', stdout: "Buffer '12345'" }),
  );
});

describe('execFileSync', () => {
  same(
    'gives what was written',
    (cp) => observe(() => syncOf(cp).execFileSync('echo', ['a', 'b'])),
    returned('a b\n'),
  );
  same(
    'names the file and its arguments in the error',
    (cp) => observe(() => syncOf(cp).execFileSync('/bin/sh', ['-c', 'exit 9'])),
    threw(undefined, /^Command failed: \/bin\/sh -c exit 9$/),
  );
  same(
    'names the file in the error when argv0 is empty',
    (cp) => observe(() => syncOf(cp).execFileSync('/bin/sh', ['-c', 'exit 9'], { argv0: '' })),
    (seen) => expect(JSON.stringify(seen)).to.include('Command failed: /bin/sh -c exit 9'),
  );
  same(
    'names argv0 in the error instead of the file',
    (cp) => observe(() => syncOf(cp).execFileSync('/bin/sh', ['-c', 'exit 9'], { argv0: 'name' })),
    threw(undefined, /^Command failed: name -c exit 9$/),
  );
  same(
    'throws the error of a start',
    (cp) => observe(() => syncOf(cp).execFileSync('no-such-program', ['a', 5])),
    fields({ code: 'ENOENT', error: 'itself', syscall: 'spawnSync no-such-program', pid: 0 }),
  );
  same(
    'throws EPIPE although the program ended well',
    (cp) => observe(() => syncOf(cp).execFileSync('true', { input: Buffer.alloc(2_000_000) })),
    fields({ code: 'EPIPE', status: 0 }),
  );
  same(
    'does not change the arguments',
    (cp) => {
      const args = ['x'];
      syncOf(cp).execFileSync('echo', args);
      return args;
    },
    (args) => expect(args).to.deep.equal(['x']),
  );
});

describe('what a program writes to stderr', () => {
  sameScript(
    'appears on the stderr of this process where stdio was not given',
    `cp.execSync('echo one >&2'); cp.execFileSync('/bin/sh', ['-c', 'echo two >&2']);
     try { cp.execSync('echo three >&2; exit 1'); } catch {}
     cp.spawnSync('/bin/sh', ['-c', 'echo nothing >&2']);`,
    ({ stderr, code }) => expect([stderr, code]).to.deep.equal(['one\ntwo\nthree\n', 0]),
  );
  sameScript(
    'does not appear there where stdio was given',
    `cp.execSync('echo one >&2', { stdio: 'pipe' });
     cp.execFileSync('/bin/sh', ['-c', 'echo two >&2'], { stdio: ['pipe', 'pipe', 'ignore'] });`,
    ({ stderr, code }) => expect([stderr, code]).to.deep.equal(['', 0]),
  );
  sameScript(
    'goes straight there where stdio is inherited',
    `cp.execSync('echo one; echo two >&2', { stdio: 'inherit' });`,
    ({ stdout, stderr }) => expect([stdout, stderr]).to.deep.equal(['one\n', 'two\n']),
  );
});

describe('the warning about arguments beside a shell', () => {
  sameScript(
    'is given once or never, as in this Node, by all functions together',
    `cp.spawnSync('echo', ['x'], { shell: true }); cp.execFileSync('echo', ['x'], { shell: true });
     cp.spawnSync('echo', ['x'], { shell: true }); cp.spawn('echo', ['x'], { shell: true });
     try { cp.spawnSync('echo', ['x'], { shell: true, timeout: -1 }); } catch {}`,
    ({ stderr, code }) => {
      expect(stderr.match(/DEP0190/g)?.length ?? 0).to.be.at.most(1);
      expect(code).to.equal(0);
    },
  );
});
