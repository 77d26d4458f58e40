import { expect } from 'chai';
import { runProgram } from '../support/program.js';

interface Crowd {
  ended: number;
  errors: Record<string, number>;
  unhandled: number;
  newThreads: number;
  left: number;
  descriptors: number;
  delayMs: { p50: number; p99: number; max: number };
}

function crowd(atOnce: boolean): Promise<Crowd> {
  return runProgram<Crowd>(import.meta.url, 'concurrent-crowd', { atOnce });
}

describe('500 starts at once', () => {
  it('of which 50 hang: the others end, no thread is tied up, and the 50 can be aborted', async () => {
    const { delayMs, ...result } = await crowd(false);
    console.log(`      event loop delay: ${JSON.stringify(delayMs)} ms`);
    expect(result).to.deep.equal({
      ended: 450,
      errors: { AbortError: 50 },
      unhandled: 0,
      newThreads: 0,
      left: 0,
      descriptors: 0,
    });
  });

  it('can all be aborted in the same turn', async () => {
    const { delayMs: _, ...result } = await crowd(true);
    expect(result).to.deep.equal({
      ended: 0,
      errors: { AbortError: 500 },
      unhandled: 0,
      newThreads: 0,
      left: 0,
      descriptors: 0,
    });
  });
});

describe('starts of one thread', () => {
  // A stuck child that was made between another start's pipe and its clone would hold that pipe open.
  it('get their verdict while those of another thread hang before exec (1,500 rounds)', async () => {
    const result = await runProgram(import.meta.url, 'concurrent-verdicts', { rounds: 1500 });
    expect(result).to.deep.equal({ verdicts: 1500, aborted: 1500, left: 0 });
  });
});
