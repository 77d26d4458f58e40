// What the synchronous functions say and take that Node's do not.
import { closeSync, openSync } from 'node:fs';
import { expect } from 'chai';
import { FileActions, SpawnError } from 'forkless';
import { tempPath } from '../support/temp.js';
import { ours } from './oracle.js';
import { syncOf } from './sync-door.js';

const { spawnSync, execFileSync } = syncOf(ours);

function causeOf(file: string, options: object = {}): unknown {
  return spawnSync(file, [], options).error?.cause;
}

describe('the error of a synchronous start', () => {
  it('has as its cause the step that failed', () => {
    const cause = causeOf('pwd', { cwd: '/no/such/directory' });
    expect(cause).to.be.an.instanceOf(SpawnError);
    expect(cause).to.include({ code: 'ENOENT', step: 'chdir', path: '/no/such/directory' });
    expect(causeOf('no-such-program')).to.include({ step: 'execve', path: 'no-such-program' });
    expect(causeOf('true', { stdio: ['pipe', 4999] })).to.include({ code: 'EBADF', step: 'dup2', fd: 4999 });
  });

  it('does not have it among its keys', () => {
    const { error } = spawnSync('no-such-program');
    expect(Object.keys(error ?? {})).to.deep.equal(['errno', 'code', 'syscall', 'path', 'spawnargs']);
    expect(Object.hasOwn(error ?? {}, 'cause')).to.equal(true);
  });

  it('is thrown with its cause', () => {
    expect(() => execFileSync('no-such-program'))
      .to.throw()
      .that.has.property('cause')
      .that.is.an.instanceOf(SpawnError);
  });
});

describe('a synchronous start', () => {
  it('takes file actions, which come after stdio', () => {
    const fileActions = new FileActions().addOpen(5, '/dev/null', 'r').addDup2(1, 2);
    const { stdout, status } = spawnSync('/bin/sh', ['-c', 'readlink /proc/$$/fd/5; echo x >&2'], {
      fileActions,
    });
    expect([String(stdout), status]).to.deep.equal(['/dev/null\nx\n', 0]);
  });

  it('names the file action that failed', () => {
    const fileActions = new FileActions().addOpen(5, '/dev/null', 'r').addOpen(6, '/no/such/file', 'r');
    expect(causeOf('true', { fileActions })).to.include({
      code: 'ENOENT',
      actionIndex: 1,
      path: '/no/such/file',
    });
  });

  it('lets only those descriptors survive that were named', () => {
    const [first, second] = [openSync('/dev/null', 'r'), openSync('/dev/zero', 'r')];
    try {
      const { stdout } = spawnSync('/bin/sh', ['-c', 'readlink /proc/$$/fd/*'], { inheritFds: [second] });
      const links = String(stdout).trim().split('\n');
      expect(links).to.include('/dev/zero').and.not.include('/dev/null');
      expect(links).to.have.length(4);
    } finally {
      closeSync(first);
      closeSync(second);
    }
  });

  it('takes the attributes of posixSpawn', () => {
    const { stdout } = spawnSync('/bin/sh', ['-c', 'umask; grep SigIgn /proc/$$/status'], {
      umask: 0o27,
      sigignore: ['SIGUSR1'],
    });
    expect(String(stdout)).to.equal('0027\nSigIgn:\t0000000000000200\n');
  });

  it('refuses a wrong one, and starts nothing', () => {
    const path = tempPath('never');
    expect(() => spawnSync('touch', [path], { umask: 'x' }))
      .to.throw(TypeError)
      .that.has.property('code', 'ERR_INVALID_ARG_TYPE');
    expect(() => openSync(path, 'r')).to.throw('ENOENT');
  });

  it('that hangs before exec is ended by the timeout, with SIGKILL after a second', () => {
    const fifo = tempPath('fifo');
    execFileSync('mkfifo', [fifo]);
    const fileActions = new FileActions().addOpen(5, fifo, 'r');
    const { error, signal, status, stdout } = spawnSync('true', [], { fileActions, timeout: 50 });
    execFileSync('rm', [fifo]);
    expect([error?.code, signal, status, String(stdout)]).to.deep.equal(['ETIMEDOUT', 'SIGKILL', null, '']);
  });
});
