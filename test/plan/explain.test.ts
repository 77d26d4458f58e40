import { expect } from 'chai';
import { explain, FileActions, features } from 'forkless';
import { golden, goldenAttributes } from './golden.js';

describe('the printed plan', () => {
  describe('of each attribute', () => {
    goldenAttributes('nothing asked for: 0–2 are kept', {}, {});
    goldenAttributes('undefined is the same as absent', absentOptions(), {});
    goldenAttributes('setsid', { setsid: true }, { steps: ['setsid'] });
    goldenAttributes('setsid: false', { setsid: false }, {});
    goldenAttributes('pgroup 0, a group of its own', { pgroup: 0 }, { steps: ['setpgid 0'] });
    goldenAttributes('pgroup of another', { pgroup: 4711 }, { steps: ['setpgid 4711'] });
    goldenAttributes(
      'resetIds, which must not share memory',
      { resetIds: true },
      { head: ['memory: a copy of the parent’s (not shared)'], steps: ['reset-ids'] },
    );
    goldenAttributes('umask', { umask: 0o27 }, { steps: ['umask 0027'] });
    goldenAttributes('umask 0', { umask: 0 }, { steps: ['umask 0000'] });
    goldenAttributes(
      'schedPolicy by name, with priority 0',
      { schedPolicy: 'SCHED_BATCH' },
      { steps: ['setscheduler SCHED_BATCH, priority 0'] },
    );
    goldenAttributes(
      'schedPolicy by number, and a priority',
      { schedPolicy: 1, schedPriority: 50 },
      { steps: ['setscheduler SCHED_FIFO, priority 50'] },
    );
    goldenAttributes(
      'a policy that has no name here',
      { schedPolicy: 6 },
      { steps: ['setscheduler 6, priority 0'] },
    );
    goldenAttributes(
      'schedPriority alone keeps the policy',
      { schedPriority: 7 },
      { steps: ['setparam priority 7'] },
    );
    goldenAttributes('cwd', { cwd: '/var/tmp' }, { steps: ['chdir "/var/tmp"'] });
    goldenAttributes(
      'an empty sigmask is a mask, and is set right before exec',
      { sigmask: [] },
      { mask: 'empty' },
    );
    goldenAttributes(
      'sigmask by name and number, lowest first',
      { sigmask: ['SIGRTMIN+1', 'SIGUSR1', 1, 'SIGRTMAX'] },
      { mask: 'SIGHUP SIGUSR1 SIGRTMIN+1 SIGRTMIN+30' },
    );
    goldenAttributes(
      'sigdefault',
      { sigdefault: ['SIGPIPE', 'SIGXFSZ'] },
      { head: ['signals to default: SIGPIPE SIGXFSZ'] },
    );
    goldenAttributes(
      'SIGKILL and SIGSTOP in sigdefault are default already',
      { sigdefault: ['SIGKILL', 'SIGSTOP', 'SIGINT'] },
      { head: ['signals to default: SIGINT'] },
    );
    goldenAttributes("sigdefault: 'all'", { sigdefault: 'all' }, { head: ['signals to default: all'] });
    goldenAttributes('an empty sigdefault', { sigdefault: [] }, {});
    goldenAttributes(
      'sigignore takes its signals out of all',
      { sigdefault: 'all', sigignore: ['SIGHUP', 'SIGRTMIN'] },
      { head: ['signals to default: all but SIGHUP SIGRTMIN', 'signals to ignore: SIGHUP SIGRTMIN'] },
    );
  });

  golden(
    'has one order, whatever the order of the options',
    {
      sigmask: ['SIGTERM'],
      fileActions: new FileActions().addChdir('sub').addClose(5),
      fds: [0, null, 1, 1],
      cwd: '/tmp',
      umask: 0o22,
      resetIds: true,
      schedPriority: 3,
      schedPolicy: 'SCHED_RR',
      pgroup: 0,
      setsid: true,
      sigignore: ['SIGHUP'],
      sigdefault: ['SIGPIPE'],
    },
    [
      'memory: a copy of the parent’s (not shared)',
      'signals to default: SIGPIPE',
      'signals to ignore: SIGHUP',
      ' 1. setsid',
      ' 2. setpgid 0',
      ' 3. setscheduler SCHED_RR, priority 3',
      ' 4. reset-ids',
      ' 5. umask 0022',
      ' 6. chdir "/tmp"',
      ' 7. inherit 0  (fds[0])',
      ' 8. dup2 1 to 2  (fds[2])',
      ' 9. dup2 1 to 3  (fds[3])',
      '10. close 1  (fds[1])',
      '11. chdir "sub"  (file action 0)',
      '12. close 5  (file action 1)',
      'signal mask: SIGTERM',
      '13. execve "/bin/true"',
    ],
  );

  describe('of argv and env', () => {
    it('quotes each argument', () => {
      expect(lastLines(explain('/bin/true', ['', 'a b', 'q"\n', 'é', Uint8Array.of(0x66, 0xff)]))).to.include(
        'argv: "" "a b" "q\\"\\n" "é" "fÿ"',
      );
    });

    it('counts a given environment', () => {
      const env = { B: '2', A: undefined, C: '' };
      expect(lastLines(explain('/bin/true', ['true'], { env }))).to.include('env: 2 variables');
      expect(lastLines(explain('/bin/true', ['true'], { env: ['B=2', 'B=2', 'nonsense'] }))).to.include(
        'env: 3 variables',
      );
    });
  });

  it('is the same each time, and starts nothing', () => {
    const before = features().rungs;
    const options = { setsid: true, fileActions: new FileActions().addOpen(0, '/nonexistent', 'r') };
    const text = explain('/nonexistent', ['x'], options);
    expect(explain('/nonexistent', ['x'], options)).to.equal(text);
    expect(features().rungs).to.deep.equal(before);
  });
});

function absentOptions() {
  return {
    pgroup: undefined,
    setsid: undefined,
    resetIds: undefined,
    sigmask: undefined,
    sigdefault: undefined,
    sigignore: undefined,
    schedPolicy: undefined,
    schedPriority: undefined,
    umask: undefined,
    cloexecDefault: undefined,
    cwd: undefined,
    fds: undefined,
    fileActions: undefined,
    signal: undefined,
  };
}

function lastLines(text: string): string[] {
  return text.split('\n').slice(-3, -1);
}
