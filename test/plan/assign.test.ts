import { expect } from 'chai';
import { planAssignment } from '#lib/plan/assign.js';
import type { Step } from '#lib/plan/vocabulary.js';
import { slowness } from '../support/slowness.js';
import {
  type Assignment,
  assignAtOnce,
  type Outcome,
  randomAssignment,
  randomTable,
  runSteps,
  seededRandom,
  sparesNeeded,
  type Table,
} from './assign-model.js';

const SEED = 0x5eed;
const RANDOM_PLANS = 10_000;

describe('planAssignment', () => {
  describe('prints', () => {
    golden('nothing for no slots', [], []);
    golden(
      'inherit for a slot that keeps its number',
      [0, 1, 2],
      ['inherit 0 for 0', 'inherit 1 for 1', 'inherit 2 for 2'],
    );
    golden(
      'one rotation for sources from above that end in a swap',
      [7, 6, 5, 4, 3],
      [
        'dup2 7 0 for 0',
        'dup2 6 1 for 1',
        'dup2 5 2 for 2',
        'inherit 4 for 3',
        'save 3 for 4',
        'dup2 4 3 for 3',
        'restore 4 for 4',
      ],
    );
    golden(
      'no spare where a slot keeps its number and one takes from outside',
      [0, 0, 4, 3],
      ['inherit 0 for 0', 'dup2 0 1 for 1', 'dup2 4 2 for 2', 'inherit 3 for 3'],
    );
    golden(
      'a swap beside a slot that keeps its number',
      [0, 2, 1],
      ['inherit 0 for 0', 'inherit 2 for 1', 'save 1 for 2', 'dup2 2 1 for 1', 'restore 2 for 2'],
    );
    golden(
      'a chain from its free end, whatever the numbers',
      [1, 2, 3, 9],
      ['dup2 1 0 for 0', 'dup2 2 1 for 1', 'dup2 3 2 for 2', 'dup2 9 3 for 3'],
    );
    golden(
      'a chain upwards backwards',
      [9, 0, 1, 2],
      ['dup2 2 3 for 3', 'dup2 1 2 for 2', 'dup2 0 1 for 1', 'dup2 9 0 for 0'],
    );
    golden('a close only after the slot was read', [null, 0], ['dup2 0 1 for 1', 'close 0 for 0']);
    golden(
      'no spare for a swap of which a copy was asked for',
      [1, 0, 1],
      ['dup2 1 2 for 2', 'dup2 0 1 for 1', 'dup2 2 0 for 0'],
    );
    golden(
      'one spare after the other for two disjoint cycles',
      [1, 0, 3, 4, 2],
      [
        'inherit 1 for 0',
        'save 0 for 1',
        'dup2 1 0 for 0',
        'restore 1 for 1',
        'inherit 3 for 2',
        'inherit 4 for 3',
        'save 2 for 4',
        'dup2 3 2 for 2',
        'dup2 4 3 for 3',
        'restore 4 for 4',
      ],
    );
  });

  describe('assigns as if at once', () => {
    it('all 27 assignments of 0–2 from 0–2', () => {
      for (const fds of assignments(3, [0, 1, 2])) check(fds);
    });

    it('all 64 assignments of 0–2 from 0–2 and closed', () => {
      for (const fds of assignments(3, [0, 1, 2, null])) check(fds);
    });

    it('all assignments of four slots from inside, outside and closed, whichever descriptors are open', () => {
      const numbers = [0, 1, 2, 3, 4];
      for (const fds of assignments(4, [...numbers, null])) {
        for (let open = 0; open < 2 ** numbers.length; open++) {
          const table = tableOf(numbers.filter((fd) => (open >> fd) & 1));
          check(fds, table, `${show(fds)} with ${[...table.keys()]} open`);
        }
      }
    });

    const cases: [string, Assignment, number][] = [
      ['a swap', [1, 0], 1],
      ['a 3-cycle upwards', [1, 2, 0], 1],
      ['a 3-cycle downwards', [2, 0, 1], 1],
      ['two disjoint cycles', [2, 3, 0, 4, 1], 2],
      ['the reversal of 10', [9, 8, 7, 6, 5, 4, 3, 2, 1, 0], 5],
      ['many slots from one source outside', Array.from({ length: 12 }, () => 30), 0],
      ['many slots from one source inside', Array.from({ length: 12 }, () => 5), 0],
      ['many slots from 0, which is closed itself', [null, 0, 0, 0], 0],
      ['sources inside the range, in a chain', [1, 2, 3, 4, 5, null], 0],
      ['a cycle that feeds a chain', [1, 2, 0, 2, 3, 4], 0],
      ['two cycles of which one feeds a slot', [1, 0, 3, 2, 0], 1],
    ];
    for (const [title, fds, spares] of cases) {
      it(`${title}, with ${spares} ${spares === 1 ? 'spare' : 'spares'} in all`, () => {
        expect(check(fds).spares).to.equal(spares);
      });
    }

    it('20 to 100 slots: shifted, rotated, reversed, and all closed', () => {
      for (let length = 20; length <= 100; length++) {
        const slots = Array.from({ length }, (_, slot) => slot);
        check(slots.map((slot) => slot + 1));
        check(slots.map((slot) => (slot + 7) % length));
        check(slots.map((slot) => length - 1 - slot));
        check(slots.map(() => null));
      }
    });

    it(`${RANDOM_PLANS} random assignments, of every kind`, () => {
      const met = { acyclic: 0, spare: 0, severalSpares: 0, rotatedThroughCopy: 0, closed: 0, long: 0 };
      for (let seed = SEED; seed < SEED + RANDOM_PLANS; seed++) {
        const random = seededRandom(seed);
        const fds = randomAssignment(random);
        const { spares } = check(fds, randomTable(random, fds, 0), `seed ${seed}: ${show(fds)}`);
        if (spares === 0) met[hasCycle(fds) ? 'rotatedThroughCopy' : 'acyclic'] += 1;
        else met[spares === 1 ? 'spare' : 'severalSpares'] += 1;
        if (fds.includes(null)) met.closed += 1;
        if (fds.length >= 20) met.long += 1;
      }
      for (const [kind, count] of Object.entries(met)) expect(count, kind).to.be.above(100);
    });
  });

  describe('with closed sources', () => {
    it('fails before a spare could take the number of a closed member of the cycle', () => {
      const { failed, spares } = runSteps(planAssignment([1, 2, 0]), tableOf([0, 2]));
      expect(failed).to.include({ op: 'inherit', fd: 1, slot: 0 });
      expect(spares).to.equal(0);
    });

    it('names the slot that asked for a closed source', () => {
      const { failed } = runSteps(planAssignment([0, 8, 9]), tableOf([0, 1, 2, 9]));
      expect(failed).to.include({ op: 'dup2', fd: 8, newFd: 1, slot: 1 });
    });

    it('fails for a closed slot that is to keep its number', () => {
      const { failed } = runSteps(planAssignment([0, 1]), tableOf([0]));
      expect(failed).to.include({ op: 'inherit', fd: 1, slot: 1 });
    });

    it('closes a slot that is closed already', () => {
      check([null, null], tableOf([1]));
    });

    it(`${RANDOM_PLANS} random assignments end at a slot whose source is closed, or are complete`, () => {
      let failures = 0;
      for (let seed = SEED; seed < SEED + RANDOM_PLANS; seed++) {
        const random = seededRandom(seed);
        const fds = randomAssignment(random);
        const { failed } = check(fds, randomTable(random, fds, 1 + random(4)), `seed ${seed}: ${show(fds)}`);
        if (failed !== undefined) failures += 1;
      }
      expect(failures).to.be.within(RANDOM_PLANS / 4, RANDOM_PLANS - 100);
    });
  });

  it('gives the same plan for the same assignment, and leaves the assignment alone', () => {
    const fds = Object.freeze(randomAssignment(seededRandom(SEED)));
    expect(planAssignment(fds)).to.deep.equal(planAssignment([...fds]));
  });

  it('plans 20,000 slots in linear time: a chain each way, one cycle, swaps only', () => {
    const before = process.cpuUsage();
    const length = 20_000;
    const slots = Array.from({ length }, (_, slot) => slot);
    const steps = (source: (slot: number) => number) => planAssignment(slots.map(source)).length;
    expect(steps((slot) => slot + 1)).to.equal(length);
    expect(steps((slot) => (slot === 0 ? length : slot - 1))).to.equal(length);
    expect(steps((slot) => (slot + 1) % length)).to.equal(2 * length);
    expect(steps((slot) => slot ^ 1)).to.equal(2 * length);
    // Processor time: how long it takes depends on what else the machine does.
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).to.be.lessThan(1000 * slowness);
  });
});

function golden(title: string, fds: Assignment, lines: string[]): void {
  it(`${title}: ${show(fds)}`, () => {
    expect(planAssignment(fds).map(print)).to.deep.equal(lines);
    check(fds);
  });
}

/** Plans, runs the plan on the model, and holds the outcome to the definition of the assignment. */
function check(fds: Assignment, table: Table = tableFor(fds), message: string = show(fds)): Outcome {
  const steps = planAssignment(fds);
  const outcome = attempt(steps, table, message);
  const expected = assignAtOnce(fds, table);

  if (outcome.failed !== undefined) {
    const source = fds[outcome.failed.slot ?? -1];
    const named = typeof source === 'number' && !table.has(source);
    if (!named)
      expect.fail(`${message}: EBADF at "${print(outcome.failed)}", but that slot's source is open`);
    return outcome;
  }
  if (expected === undefined) return expect.fail(`${message}: a source is closed, but every step succeeded`);
  if (showTable(outcome.table) !== showTable(expected)) {
    expect(outcome.table, message).to.deep.equal(expected);
  }
  if (outcome.spares !== sparesNeeded(fds)) {
    expect(outcome.spares, `${message}: spares`).to.equal(sparesNeeded(fds));
  }
  return outcome;
}

function attempt(steps: Step[], table: Table, message: string): Outcome {
  try {
    return runSteps(steps, table);
  } catch (error) {
    throw new Error(`${message}: ${steps.map(print).join('; ')}`, { cause: error });
  }
}

function print(step: Step): string {
  const numbers = [
    'fd' in step ? step.fd : undefined,
    'newFd' in step ? step.newFd : undefined,
    'for',
    step.slot,
  ];
  return [step.op, ...numbers.filter((part) => part !== undefined)].join(' ');
}

function show(fds: Readonly<Assignment>): string {
  return `{${fds.map((source) => source ?? 'closed').join(', ')}}`;
}

function showTable(table: Table): string {
  const entries = [...table].sort(([one], [other]) => one - other);
  return entries.map(([fd, { object, cloexec }]) => `${fd} ${object} ${cloexec}`).join('\n');
}

/** All close-on-exec, so that a slot which ends inheritable was made so. */
function tableOf(open: readonly number[]): Table {
  return new Map(open.map((fd) => [fd, { object: `object ${fd}`, cloexec: true }]));
}

function tableFor(fds: Readonly<Assignment>): Table {
  return tableOf([...new Set([...fds.keys(), ...fds.filter((source) => source !== null)])]);
}

function assignments(length: number, choices: readonly (number | null)[]): Assignment[] {
  let all: Assignment[] = [[]];
  for (let slot = 0; slot < length; slot++) {
    all = all.flatMap((fds) => choices.map((choice) => [...fds, choice]));
  }
  return all;
}

function hasCycle(fds: Readonly<Assignment>): boolean {
  return fds.some((source, slot) => {
    let at: number | null | undefined = source;
    for (let hops = 1; typeof at === 'number' && hops <= fds.length; hops++) {
      if (at === slot) return hops > 1;
      at = fds[at];
    }
    return false;
  });
}
