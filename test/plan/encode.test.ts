import { inspect } from 'node:util';
import { expect } from 'chai';
import { encode } from '#lib/plan/encode.js';
import type { Plan, Step } from '#lib/plan/vocabulary.js';
import { stepTable } from '#lib/plan/vocabulary.js';
import type { DecodedStep } from './decode.js';
import { encodedBytes, roundTrip } from './decode.js';
import { planHeader } from './plan-header.js';

const exec = (path = '/bin/true'): Step => ({ op: 'execve', path });

function planOf(steps: readonly Step[], more: Partial<Plan> = {}): Plan {
  return {
    steps,
    argv: ['true'],
    env: [],
    sigdefault: 0n,
    sigignore: 0n,
    sigmask: null,
    privateMemory: false,
    shellScripts: false,
    onlyNamed: false,
    mainParent: false,
    ...more,
  };
}

const nothing: Omit<DecodedStep, 'op'> = { fd: 0, arg: 0, arg2: 0, data: [] };
const ALL = (1n << 64n) - 1n;

/** Of lib/plan/encode.ts. */
const FIRST_BLOCK = 16384;

describe('encode', () => {
  describe('writes each step with its own fields, the others 0', () => {
    const cases: [step: Step, fields: Partial<DecodedStep>, highestFd: number][] = [
      [
        { op: 'open', fd: 5, path: 'p', flags: 0o2101, mode: 0o640 },
        { fd: 5, arg: 0o2101, arg2: 0o640, data: ['p'] },
        5,
      ],
      [{ op: 'dup2', fd: 7, newFd: 3 }, { fd: 7, arg: 3 }, 7],
      [{ op: 'dup2', fd: 3, newFd: 7 }, { fd: 3, arg: 7 }, 7],
      [{ op: 'close', fd: 4 }, { fd: 4 }, 4],
      [{ op: 'chdir', path: '/d' }, { data: ['/d'] }, -1],
      [{ op: 'fchdir', fd: 6 }, { fd: 6 }, 6],
      [{ op: 'closefrom', lowFd: 90 }, { fd: 90 }, -1],
      [{ op: 'inherit', fd: 8 }, { fd: 8 }, 8],
      [{ op: 'keep-if-open', fd: 2 }, { fd: 2 }, 2],
      [{ op: 'tcsetpgrp', fd: 0 }, { fd: 0 }, 0],
      [{ op: 'set-blocking', fd: 1 }, { fd: 1 }, 1],
      [{ op: 'drop-groups-if-allowed' }, {}, -1],
      [{ op: 'setgid', gid: 0xfffffffe }, { arg: -2 }, -1],
      [{ op: 'setuid', uid: 65534 }, { arg: 65534 }, -1],
      [{ op: 'setgroups', gids: [0x6b, 0xfffffffe] }, { data: [[0x6b, 0xfffffffe]] }, -1],
      [{ op: 'setgroups', gids: [] }, { data: [[]] }, -1],
      [{ op: 'nice', nice: -20 }, { arg: -20 }, -1],
      [{ op: 'pdeathsig', sig: 64 }, { arg: 64 }, -1],
      [{ op: 'rlimit', resource: 7, soft: 1n, hard: ALL }, { arg: 7, arg2: 3, data: [1n, ALL] }, -1],
      [{ op: 'rlimit', resource: 0, soft: 1n << 32n, hard: null }, { arg2: 1, data: [1n << 32n, 0n] }, -1],
      [{ op: 'rlimit', resource: 9, soft: null, hard: 5n }, { arg: 9, arg2: 2, data: [0n, 5n] }, -1],
      [{ op: 'rlimit', resource: 9, soft: null, hard: null }, { arg: 9, data: [0n, 0n] }, -1],
      [{ op: 'rlimit', resource: 9, soft: 0n, hard: 0n }, { arg: 9, arg2: 3, data: [0n, 0n] }, -1],
      [{ op: 'sweep', lowFd: 3, highFd: 0x7fffffff }, { fd: 3, arg: 0x7fffffff }, -1],
      [{ op: 'join-cgroup', path: '/d' }, { data: ['/d'] }, -1],
      [{ op: 'join-cgroup-fd', fd: 9 }, { fd: 9 }, 9],
      [{ op: 'oom-score-adj', score: -1000 }, { arg: -1000 }, -1],
      [{ op: 'coredump-filter', filter: 511 }, { arg: 511 }, -1],
      [{ op: 'transparent-huge-pages', allowed: 1 }, { arg: 1 }, -1],
      [{ op: 'memory-merge', wanted: 1 }, { arg: 1 }, -1],
      [{ op: 'join-keyring' }, {}, -1],
      [{ op: 'capability-keep' }, {}, -1],
      [{ op: 'capability-bounding', capabilitySet: ALL }, { data: [ALL] }, -1],
      [{ op: 'capability-inheritable', capabilitySet: 0n }, { data: [0n] }, -1],
      [{ op: 'capability-ambient', capabilitySet: 1n << 40n }, { data: [1n << 40n] }, -1],
      [{ op: 'capability-lower' }, {}, -1],
      [{ op: 'setsid' }, {}, -1],
      [{ op: 'setpgid', pgroup: 4711 }, { arg: 4711 }, -1],
      [{ op: 'ctty', fd: 3 }, { fd: 3 }, 3],
      [{ op: 'noctty' }, {}, -1],
      [{ op: 'chroot', path: '/r' }, { data: ['/r'] }, -1],
      [{ op: 'check-cwd' }, {}, -1],
      [{ op: 'ptrace' }, {}, -1],
      [{ op: 'exec-fd', fd: 20 }, { fd: 20 }, 20],
      [{ op: 'reset-ids' }, {}, -1],
      [{ op: 'listen-pid' }, {}, -1],
      [{ op: 'own-memory' }, {}, -1],
      [{ op: 'setscheduler', policy: 2, priority: 99 }, { arg: 2, arg2: 99 }, -1],
      [{ op: 'setparam', priority: 9 }, { arg: 9 }, -1],
      [{ op: 'reset-on-fork' }, {}, -1],
      [{ op: 'affinity', cpus: [0xffffffff, 1] }, { data: [[0xffffffff, 1]] }, -1],
      [{ op: 'io-priority', priority: 0x6007 }, { arg: 0x6007 }, -1],
      [{ op: 'numa-policy', mode: 2, nodes: [1, 0] }, { arg: 2, data: [[1, 0]] }, -1],
      [{ op: 'timer-slack', nanoseconds: ALL }, { data: [ALL] }, -1],
      [{ op: 'securebits', bits: 255 }, { arg: 255 }, -1],
      [{ op: 'apparmor', label: Uint8Array.of(1, 0, 3) }, { data: ['010003'] }, -1],
      [{ op: 'selinux', label: Uint8Array.of(0) }, { data: ['00'] }, -1],
      [{ op: 'no-new-privs' }, {}, -1],
      [{ op: 'personality', personality: 0xfffffffe }, { arg: -2 }, -1],
      [{ op: 'child-subreaper' }, {}, -1],
      [{ op: 'umask', mask: 0o77 }, { arg: 0o77 }, -1],
      [{ op: 'close', fd: 0x7fffffff }, { fd: 0x7fffffff }, 0x7fffffff],
    ];
    for (const [step, fields, highestFd] of cases)
      it(inspect(step), () => {
        dirtyTheBlock();
        const { head, steps } = roundTrip(planOf([step, exec()]));
        expect(steps[0]).to.deep.equal({ op: step.op, ...nothing, ...fields });
        expect(steps[1]).to.deep.equal({ op: 'execve', ...nothing, data: ['/bin/true'] });
        expect(head['highest_fd']).to.equal(highestFd);
      });

    it('save and restore', () => {
      const { head, steps } = roundTrip(planOf([{ op: 'save', fd: 1 }, { op: 'restore', newFd: 9 }, exec()]));
      expect(steps.slice(0, 2)).to.deep.equal([
        { op: 'save', ...nothing, fd: 1 },
        { op: 'restore', ...nothing, arg: 9 },
      ]);
      expect(head['highest_fd']).to.equal(9);
    });

    it('data that are no strings alone on a multiple of 8, after zeros', () => {
      for (const name of ['', '1', '12', '123', '1234', '12345', '123456', '1234567']) {
        dirtyTheBlock();
        const plan = planOf([
          { op: 'chdir', path: name },
          { op: 'setgroups', gids: [1] },
          { op: 'chdir', path: name },
          { op: 'rlimit', resource: 1, soft: 2n, hard: 3n },
          exec(),
        ]);
        const start = planHeader.head.size + 5 * planHeader.step.size;
        const text = encodedBytes(plan).subarray(start).toString('latin1');
        const fill = (from: string): string => from + '\0'.repeat((8 - ((start + from.length) % 8)) % 8);
        const list = `${fill(`${name}\0`)}\x01\0\0\0\x01\0\0\0${name}\0`;
        const limits = `${fill(list)}\x02${'\0'.repeat(7)}\x03${'\0'.repeat(7)}`;
        expect(text).to.equal(`${limits}/bin/true\0true\0`);
      }
    });

    it('and so all the steps there are', () => {
      const tested = new Set([...cases.map(([step]) => step.op), 'save', 'restore', 'execve']);
      expect([...tested].sort()).to.deep.equal(stepTable.map(({ name }) => name).sort());
    });
  });

  it('writes a head that says what follows', () => {
    const steps = [exec('a'), exec('b'), exec('c')];
    const plan = planOf([{ op: 'setsid' }, { op: 'close', fd: 3 }, ...steps], {
      argv: ['x', '', 'y'],
      env: ['A=1', 'A=2'],
    });
    const bytes = encodedBytes(plan);
    const { head, argv, env } = roundTrip(plan);
    const data = planHeader.head.size + 5 * planHeader.step.size;
    expect(head).to.include({ magic: planHeader.magic, layout: planHeader.layout, size: bytes.length });
    expect(head).to.include({
      step_count: 5,
      first_exec: 2,
      data,
      argv: data + 6,
      argc: 3,
      envc: 2,
      highest_fd: 3,
      flags: 0,
    });
    expect(argv).to.deep.equal(['x', '', 'y']);
    expect(env).to.deep.equal(['A=1', 'A=2']);
    expect(bytes.subarray(data).toString('latin1')).to.equal('a\0b\0c\0x\0\0y\0A=1\0A=2\0');
  });

  it('has no place for an empty environment, and none for the own one', () => {
    expect(roundTrip(planOf([exec()])).head).to.include({ env: 0, envc: 0, flags: 0 });
    expect(roundTrip(planOf([exec()], { env: 'environ' })).head).to.include({
      env: 0,
      envc: 0,
      flags: planHeader.flags.environ,
    });
  });

  describe('writes signal sets as 64 bits', () => {
    const sets = {
      lowest: 1n,
      thirtyTwo: 1n << 31n,
      thirtyThree: 1n << 32n,
      highest: 1n << 63n,
      all: (1n << 64n) - 1n,
    };
    for (const [name, set] of Object.entries(sets))
      it(name, () => {
        expect(roundTrip(planOf([exec()], { sigdefault: set })).head).to.include({
          sigdefault: set,
          sigignore: 0n,
        });
        expect(roundTrip(planOf([exec()], { sigignore: set })).head).to.include({
          sigdefault: 0n,
          sigignore: set,
        });
        const { head } = roundTrip(planOf([exec()], { sigmask: set }));
        expect(head).to.include({ sigmask: set, flags: planHeader.flags.sigmask });
      });

    it('and tells an empty mask from none', () => {
      dirtyTheBlock();
      expect(roundTrip(planOf([exec()], { sigmask: 0n })).head).to.include({ sigmask: 0n, flags: 2 });
      dirtyTheBlock();
      expect(roundTrip(planOf([exec()], { sigmask: null })).head).to.include({ sigmask: 0n, flags: 0 });
    });
  });

  it('flags the step that leaves the parent’s memory, of a list that is written again too', () => {
    const steps = Object.freeze<Step[]>([{ op: 'own-memory' }, exec()]);
    for (const list of [[...steps], steps, steps])
      expect(roundTrip(planOf(list)).head['flags']).to.equal(planHeader.flags.ownMemory);
  });

  it('flags private memory', () => {
    const { head } = roundTrip(planOf([exec()], { privateMemory: true, env: 'environ', sigmask: 0n }));
    expect(head['flags']).to.equal(
      planHeader.flags.privateMemory | planHeader.flags.environ | planHeader.flags.sigmask,
    );
  });

  it('flags a child of the main thread', () => {
    const steps: Step[] = [{ op: 'pdeathsig', sig: 9 }, exec()];
    expect(roundTrip(planOf(steps, { mainParent: true })).head['flags']).to.equal(
      planHeader.flags.mainParent,
    );
  });

  describe('writes text', () => {
    it('as UTF-8, at one to four bytes a character', () => {
      const argv = ['aé', '€', '\u{1f600}', 'e\u0301'];
      expect(roundTrip(planOf([exec()], { argv })).argv).to.deep.equal(argv.map(asUtf8));
    });

    it('of a lone surrogate as the replacement character, as Node does', () => {
      const argv = ['\ud800', 'a\udc00b', '\udc00\ud800'];
      expect(roundTrip(planOf([exec()], { argv })).argv).to.deep.equal(argv.map(asUtf8));
      expect(asUtf8('\ud800')).to.equal('\xef\xbf\xbd');
    });

    it('as the bytes that were given, from a part of a buffer too', () => {
      const whole = Uint8Array.of(1, 2, 0xff, 0xfe, 0x80, 3);
      const steps: Step[] = [
        { op: 'chdir', path: whole.subarray(2, 5) },
        { op: 'execve', path: Buffer.from([0xc3]) },
      ];
      const decoded = roundTrip(
        planOf(steps, { argv: [whole.subarray(1, 4), new Uint8Array()], env: [whole] }),
      );
      expect(decoded.steps.flatMap(({ data }) => data)).to.deep.equal(['\xff\xfe\x80', '\xc3']);
      expect(decoded.argv).to.deep.equal(['\x02\xff\xfe', '']);
      expect(decoded.env).to.deep.equal(['\x01\x02\xff\xfe\x80\x03']);
    });
  });

  describe('grows its block', () => {
    // Each size is larger than all before: the block is never given back, and an old one must not be written to.
    it('in the middle of the steps', () => {
      const long = '€'.repeat(700_000); // three bytes each: its length in characters would be too little room
      const steps: Step[] = [
        { op: 'chdir', path: '/short' },
        { op: 'open', fd: 4, path: long, flags: 1, mode: 2 },
        { op: 'open', fd: 5, path: '/last', flags: 3, mode: 4 },
        exec(),
      ];
      const decoded = roundTrip(planOf(steps, { argv: ['a', 'b'] }));
      expect(decoded.steps).to.deep.equal([
        { op: 'chdir', ...nothing, data: ['/short'] },
        { op: 'open', fd: 4, arg: 1, arg2: 2, data: [asUtf8(long)] },
        { op: 'open', fd: 5, arg: 3, arg2: 4, data: ['/last'] },
        { op: 'execve', ...nothing, data: ['/bin/true'] },
      ]);
      expect(decoded.head).to.include({ magic: planHeader.magic, step_count: 4 });
      expect(decoded.argv).to.deep.equal(['a', 'b']);
    });

    it('for more steps than fit', () => {
      const steps = Array.from({ length: 100_000 }, (_, fd): Step => ({ op: 'close', fd }));
      const decoded = roundTrip(planOf([...steps, exec()]));
      expect(decoded.steps).to.have.length(100_001);
      expect(decoded.steps.findIndex(({ fd }, index) => fd !== index)).to.equal(100_000);
      expect(decoded.head).to.include({ first_exec: 100_000, highest_fd: 99_999 });
    });

    it('in argv and env, by strings and by bytes', () => {
      const argv = ['x', 'y'.repeat(3_000_000), Buffer.alloc(4_000_000, 'z'), 'end'];
      const env = ['A='.padEnd(5_000_000, 'b'), 'B=2'];
      const decoded = roundTrip(planOf([exec()], { argv, env }));
      expect(decoded.argv.map(({ length }) => length)).to.deep.equal([1, 3_000_000, 4_000_000, 3]);
      expect(decoded.env.map(({ length }) => length)).to.deep.equal([5_000_000, 3]);
      expect(decoded.argv.at(-1)).to.equal('end');
      expect(decoded.env.at(-1)).to.equal('B=2');
      expect(decoded.steps[0]).to.deep.include({ op: 'execve', data: ['/bin/true'] });
    });

    const lasts: [name: string, last: (length: number) => Partial<Plan>][] = [
      ['bytes', (length) => ({ argv: [new Uint8Array(length).fill(0x78)] })],
      ['letters', (length) => ({ argv: ['x'.repeat(length)] })],
      ['characters of three bytes', (length) => ({ argv: ['€'.repeat(length / 3)] })],
      [
        'a list of groups',
        (length) => ({ steps: [{ op: 'setgroups', gids: Array(length >> 2).fill(7) }, exec('')] }),
      ],
      ['a variable', (length) => ({ env: ['x'.repeat(length)] })],
    ];
    for (const [name, last] of lasts)
      it(`for ${name} that end just before, at or just behind its own end`, () => {
        const rest = FIRST_BLOCK - encode(planOf([exec()], last(0))).size;
        for (let length = rest - 8; length <= rest + 8; length++) {
          dirtyTheBlock(2_000_000); // what has grown so far is given back before the next plan
          const plan = planOf([exec()], last(length));
          const { bytes, size } = encode(plan);
          expect(size, `${length}`).to.be.at.most(bytes.length);
          expect(bytes[size - 1], `${length}`).to.equal(0);
        }
      });

    it('and writes a small plan after a large one as it did before', () => {
      const plan = planOf([{ op: 'chdir', path: '/a' }, { op: 'setsid' }, exec()], {
        env: ['A=1'],
        sigmask: 5n,
      });
      const before = encodedBytes(plan);
      dirtyTheBlock(20_000_000);
      expect(encodedBytes(plan).equals(before)).to.equal(true);
    });
  });
});

/** Leaves other numbers in every place of the block. */
function dirtyTheBlock(length = 4000): void {
  encodedBytes(planOf([exec('\xff'.repeat(length))], { sigmask: (1n << 64n) - 1n }));
}

function asUtf8(text: string): string {
  return Buffer.from(text).toString('latin1');
}
