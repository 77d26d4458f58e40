// Of every attribute, at every door that has it: which values are taken, which are refused, and how.
import { expect } from 'chai';
import type { SpawnAttributes } from 'forkless';
import type { AnyAttribute } from '#lib/attributes/attribute.js';
// The attributes have values of their own, such as a FileActions, so the doors are those of the same files.
import { attributes } from '#lib/attributes/index.js';
import * as childProcess from '#lib/child_process/index.js';
import { explain, explainSpawn, features, posixSpawnSync } from '#lib/index.js';
import { dropInPhases, posixPhases } from '#lib/plan/phases.js';

type Options = Readonly<Record<string, unknown>>;
type Start = (options: Options) => unknown;

const every: readonly AnyAttribute[] = attributes;
const inDropIn = every.filter(({ doors }) => doors.dropIn === 'own');
const inPosix = every.filter(({ doors }) => doors.posix === 'own');

const { exec, execFile, execFileSync, execSync, fork, spawn, spawnSync } = childProcess;
const dropIn: Readonly<Record<string, Start>> = {
  explainSpawn: (options) => explainSpawn('/bin/true', [], options),
  spawn: (options) => spawn('/bin/true', [], options),
  exec: (options) => exec('true', options),
  execFile: (options) => execFile('/bin/true', [], options),
  fork: (options) => fork('/dev/null', [], options),
  spawnSync: (options) => spawnSync('/bin/true', [], options),
  execSync: (options) => execSync('true', options),
  execFileSync: (options) => execFileSync('/bin/true', [], options),
};

function thrownBy(start: () => unknown): NodeJS.ErrnoException {
  try {
    start();
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
  throw new Error('it was not refused');
}

describe('a wrong value of an attribute is refused before anything happens', () => {
  for (const [name, start] of Object.entries(dropIn))
    it(`by ${name} of the drop-in`, () => {
      const before = features().rungs;
      for (const attribute of inDropIn)
        for (const { title, value, code, at = '', says } of attribute.codec.wrong()) {
          const { code: given, message } = thrownBy(() => start({ [attribute.name]: value }));
          expect(given, `${attribute.name}: ${title}: ${message}`).to.equal(code);
          expect(message).to.include(says ?? `options.${attribute.name}${at}`);
        }
      expect(features().rungs).to.deep.equal(before);
    });

  it("with the word 'all' in the message where the option takes it", () => {
    const expected = "must be an instance of Array or 'all'. Received type number (5)";
    for (const name of ['sigdefault', 'inheritFds'])
      expect(thrownBy(() => spawn('/bin/true', [], { [name]: 5 })).message).to.include(expected);
  });

  it('with at least two examples of each', () => {
    for (const { name, codec } of every) expect(codec.wrong(), name).to.have.length.at.least(2);
  });
});

describe('a right value of an attribute', () => {
  for (const { name, right, needs } of inPosix)
    it(`is taken by the POSIX level: ${name}`, () => {
      for (const value of right())
        expect(explain('/x', ['x'], { ...needs, [name]: value })).to.include('execve "/x"');
    });

  for (const { name, right, needs } of inDropIn)
    it(`is taken by the drop-in: ${name}`, () => {
      for (const value of right())
        expect(explainSpawn('/x', [], { ...needs, [name]: value })).to.include('execve "/x"');
    });

  it('that is undefined is the same as none, at both doors', () => {
    for (const { name } of inPosix)
      expect(explain('/x', ['x'], { [name]: undefined })).to.equal(explain('/x', ['x']));
    for (const { name } of inDropIn)
      expect(explainSpawn('/x', [], { [name]: undefined }), name).to.equal(explainSpawn('/x'));
  });

  it('changes the plan, or is a matter of the call', () => {
    for (const { name, right, phase, needs } of inPosix) {
      if (phase === 'call') continue;
      const plans = right().map((value) => explain('/x', ['x'], { ...needs, [name]: value }));
      expect(new Set([...plans, explain('/x', ['x'], needs)]).size, name).to.be.above(1);
    }
  });
});

describe('the order in which options are given', () => {
  const values: Options = {
    cwd: '/',
    cloexecDefault: true,
    sigdefault: 'all',
    sigignore: ['SIGHUP'],
    setsid: true,
    umask: 0,
    schedPolicy: 'SCHED_FIFO',
    schedPriority: 5,
    groups: [1],
    gid: 2,
    uid: 3,
  };
  const reversed: Options = Object.fromEntries(Object.entries(values).reverse());

  it('makes no difference, at either door', () => {
    expect(explain('/x', ['x'], reversed)).to.equal(explain('/x', ['x'], values));
    expect(explainSpawn('/x', [], { ...reversed, inheritFds: 'all' })).to.equal(
      explainSpawn('/x', [], { inheritFds: 'all', ...values }),
    );
    expect(explainSpawn('/x', [], { inheritFds: 'all', cloexecDefault: true })).to.not.include('sweep');
  });

  it('decides which of two wrong ones is told', () => {
    const both = (options: Options) => thrownBy(() => explain('/x', ['x'], options)).message;
    expect(both({ umask: -1, cwd: 5 })).to.include('options.umask');
    expect(both({ cwd: 5, umask: -1 })).to.include('options.cwd');
    expect(both({ cwd: 5, no: 1 })).to.include('options.no');
  });
});

describe('an attribute that a door does not have', () => {
  it('is refused by the POSIX level, whatever its value', () => {
    const others = every.filter(({ doors }) => doors.posix === 'none');
    for (const { name, right } of others)
      for (const value of [undefined, ...right()])
        expect(thrownBy(() => explain('/x', ['x'], { [name]: value } as SpawnAttributes))).to.include({
          code: 'ERR_INVALID_ARG_VALUE',
        });
  });

  it('is ignored by the drop-in, as Node ignores it', () => {
    const others = every.filter(({ doors }) => doors.dropIn === 'none');
    expect(others).to.not.deep.equal([]);
    for (const { name, codec } of others)
      for (const { value } of codec.wrong())
        expect(explainSpawn('/x', [], { [name]: value })).to.equal(explainSpawn('/x'));
  });
});

describe('a contradiction is refused', () => {
  const code = 'ERR_INVALID_ARG_VALUE';
  for (const [title, start] of [
    ['sigdefault and sigignore', () => explain('/x', ['x'], { sigdefault: [1], sigignore: [1] })],
    ['sigdefault and sigignore of spawn', () => explainSpawn('/x', [], { sigdefault: [1], sigignore: [1] })],
    ['inheritFds and stdio', () => explainSpawn('/x', [], { inheritFds: [7, 2] })],
    [
      'inheritFds and a long stdio',
      () => explainSpawn('/x', [], { inheritFds: [3], stdio: [0, 1, 2, 'pipe'] }),
    ],
    ['cgroup and what the child opens there', () => explain('/x', ['x'], { cgroup: 1, fds: [0, 1] })],
    [
      'dieWithParent and pdeathsig',
      () => explain('/x', ['x'], { dieWithParent: true, pdeathsig: 'SIGKILL' }),
    ],
    [
      'dieWithParent and pdeathsig of spawn',
      () => explainSpawn('/x', [], { dieWithParent: true, pdeathsig: 'SIGKILL' }),
    ],
    ['ctty and no setsid', () => explain('/x', ['x'], { ctty: 0, setsid: false })],
    ['ctty and no setsid of spawn', () => explainSpawn('/x', [], { ctty: 0, detached: false })],
    ['noctty and setsid', () => explain('/x', ['x'], { noctty: true, setsid: true })],
    ['noctty and detached of spawn', () => explainSpawn('/x', [], { noctty: true, detached: true })],
    ['foreground and ctty', () => explain('/x', ['x'], { foreground: 0, ctty: 0, setsid: true })],
    ['foreground and noctty', () => explain('/x', ['x'], { foreground: 0, noctty: true })],
    ['foreground and setsid', () => explain('/x', ['x'], { foreground: 0, setsid: true })],
    ['foreground and detached of spawn', () => explainSpawn('/x', [], { foreground: 0, detached: true })],
    ['ptrace and a synchronous function', () => posixSpawnSync('/x', ['x'], { ptrace: true })],
    ['ptrace and a synchronous function of the drop-in', () => spawnSync('/x', [], { ptrace: true })],
    ['ptrace and pdeathsig', () => explain('/x', ['x'], { ptrace: true, ...{ pdeathsig: 15 } })],
    [
      'signal and a synchronous function',
      () => posixSpawnSync('/x', ['x'], { signal: new AbortController().signal }),
    ],
  ] as const)
    it(title, () => expect(thrownBy(start)).to.include({ code }));

  it('and each that is declared is among these', () => {
    const declared = every.flatMap(({ name, contradictions }) =>
      contradictions.map((each) => [name, each.with]),
    );
    expect(declared).to.deep.equal([
      ['inheritFds', 'stdio'],
      ['signal', 'a synchronous function'],
      ['sigdefault', 'sigignore'],
      ['ctty', 'no setsid'],
      ['noctty', 'setsid'],
      ['foreground', 'ctty'],
      ['foreground', 'noctty'],
      ['foreground', 'setsid'],
      ['cgroup', 'what the child opens or closes there'],
      ['dieWithParent', 'pdeathsig'],
      ['ptrace', 'a synchronous function'],
      ['ptrace', 'pdeathsig'],
    ]);
  });

  it('but not where the other one is false', () => {
    for (const options of [
      { ctty: 0, setsid: true, noctty: false },
      { noctty: true, setsid: false },
      { foreground: 0, setsid: false, noctty: false },
    ])
      expect(explain('/x', ['x'], options)).to.include('execve "/x"');
    expect(explainSpawn('/x', [], { ctty: 0, detached: true })).to.include('ctty 0');
  });

  it("but not sigdefault 'all', which leaves out what sigignore names", () => {
    for (const plan of [
      explain('/x', ['x'], { sigdefault: 'all', sigignore: ['SIGHUP'] }),
      explainSpawn('/x', [], { sigdefault: 'all', sigignore: ['SIGHUP'] }),
    ])
      expect(plan).to.match(/^signals to default: all but SIGHUP\nsignals to ignore: SIGHUP\n/);
  });
});

describe('the phases', () => {
  it('have a name, once in a door, and a reason for their place', () => {
    for (const phases of [posixPhases, dropInPhases]) {
      const names = phases.map(({ name }) => name);
      expect(new Set(names).size).to.equal(names.length);
      for (const { why } of phases) expect(why).to.have.length.above(10);
    }
  });

  it('hold every attribute that is a matter of the child, at each door that has it', () => {
    const namesOf = (phases: typeof posixPhases) => [...phases.map(({ name }) => name), 'call'];
    for (const { name, phase, doors } of every) {
      if (doors.posix !== 'none') expect(namesOf(posixPhases), name).to.include(phase);
      if (doors.dropIn !== 'none') expect(namesOf(dropInPhases), name).to.include(phase);
    }
  });
});
