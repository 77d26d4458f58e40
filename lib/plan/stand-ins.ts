import { highestNamed } from './steps.js';
import type { Plan, StandIns, Step } from './vocabulary.js';

/**
 * Each start of the drop-in with pipes has new sockets, with numbers that depend on what else is open: so with many
 * starts in flight the list of steps of the last one is never that of the next. The steps need only know the order of
 * these numbers, and which of them are neighbours. So the list is made and cached for stand-ins, and the numbers are put
 * in their places when the plan is encoded, printed, or told by an error.
 */

/** No descriptor has such a number, nor any flag that a step of the drop-in has. */
const FIRST = 0x40000000;
const DISTANCE = 16;
const LARGEST_NUMBER = FIRST - 2;

/**
 * @param numbers of sockets
 * @param above the highest number that the steps name otherwise
 * @returns null if one of the sockets is below that, or next to it
 */
export function standInsFor(numbers: readonly number[], above: number): StandIns | null {
  const sorted = numbers.length < 2 ? numbers : [...numbers].sort((a, b) => a - b);
  const first = sorted[0];
  const last = sorted[sorted.length - 1];
  if (first === undefined || last === undefined || first <= above + 1 || last > LARGEST_NUMBER) return null;
  const standIns: number[] = [];
  let before = first;
  let next = FIRST;
  for (const number of sorted) {
    if (number > before) next += number === before + 1 ? 1 : DISTANCE;
    standIns.push(next);
    before = number;
  }
  return { standIns, numbers: sorted };
}

/**
 * The highest number of a descriptor in these steps, -1 if they name none. Infinity: they name a whole range, or have a
 * number, such as a user id, that could be taken for a stand-in.
 */
export function highestIn(steps: readonly Step[]): number {
  let highest = -1;
  for (const step of steps) {
    if (step.op === 'closefrom' || step.op === 'sweep') return Number.POSITIVE_INFINITY;
    for (const value of Object.values(step))
      if (typeof value === 'number' && value >= FIRST - 1) return Number.POSITIVE_INFINITY;
    highest = Math.max(highest, highestNamed(step));
  }
  return highest;
}

/** Which of `standIns` a number in a step is, or is next to: the end of a range is. */
export interface Place {
  readonly index: number;
  readonly difference: number;
}

export function placeOf(value: number, { standIns }: StandIns): Place | null {
  if (value < FIRST - 1 || value > FIRST + DISTANCE * standIns.length) return null;
  for (const difference of [0, 1, -1]) {
    const index = standIns.indexOf(value - difference);
    if (index >= 0) return { index, difference };
  }
  return null;
}

/** The steps of a plan with the numbers of its descriptors. */
export function realSteps({ steps, standIns }: Pick<Plan, 'steps' | 'standIns'>): readonly Step[] {
  return standIns ? steps.map((step) => realStep(step, standIns)) : steps;
}

function realStep(step: Step, standIns: StandIns): Step {
  const fields = Object.entries(step).map(([name, value]) => [name, realNumber(value, standIns)]);
  return Object.fromEntries(fields) as Step;
}

function realNumber(value: unknown, standIns: StandIns): unknown {
  const place = typeof value === 'number' ? placeOf(value, standIns) : null;
  return place === null ? value : (standIns.numbers[place.index] as number) + place.difference;
}
