import type { Step } from './vocabulary.js';

const KEPT = 64;
const LONGEST_KEY = 8192;

/**
 * Programs start the same file again and again, with the same numbers: then the list is that of before, frozen, and so
 * are its bytes. `key` says all that the list is made of.
 */
export class KeptSteps {
  readonly #lists = new Map<string, readonly Step[]>();

  get(key: string, make: () => readonly Step[]): readonly Step[] {
    const known = this.#lists.get(key);
    if (known !== undefined) return known;
    const steps = make();
    if (key.length > LONGEST_KEY) return steps;
    if (this.#lists.size === KEPT) this.#lists.clear();
    this.#lists.set(key, Object.freeze(steps));
    return steps;
  }
}
