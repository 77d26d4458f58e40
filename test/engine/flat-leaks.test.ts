import { expect } from 'chai';
import { runProgram } from '../support/program.js';
import { needLinux } from './flat-crowd.js';

const STARTS = 2000;
const FAILURES = 500;

// Above the noise; a leak of a page for each start would be seen.
const RSS_KIB = 6144;
const HEAP_KIB = 1024;
const KEPT_MAPPINGS = 40;

// The collector takes more room the more there is to do, unless it may not: then what grows is a leak.
const nodeArgs = ['--expose-gc', '--max-semi-space-size=1', '--single-threaded-gc'];

interface Growth {
  wrong: number;
  flat: number;
  lost: number;
  children: number;
  threads: number;
  mappings: number;
  rssKiB: number;
  heapKiB: number;
}

describe('flat starts without end', () => {
  before(function () {
    needLinux(this, 5, 9);
  });

  it(`${STARTS} of them leave descriptors, the reserve, children, memory and threads as they were`, async () => {
    const { wrong, ...growth } = await run(STARTS, false);
    console.log(`      ${JSON.stringify(growth)}`);
    expect(wrong).to.equal(0);
    expectNoGrowth(growth, STARTS);
  });

  it(`${FAILURES} that fail leave all of that as it was`, async () => {
    const { wrong, ...growth } = await run(FAILURES, true);
    console.log(`      ${JSON.stringify(growth)}`);
    expect(wrong).to.equal(0);
    expectNoGrowth(growth, FAILURES);
  });
});

function expectNoGrowth(
  { flat, mappings, rssKiB, heapKiB, ...rest }: Omit<Growth, 'wrong'>,
  count: number,
): void {
  // Where the reserve is borrowed, or a closed descriptor is named, a start is plain.
  expect(flat).to.be.within(count * 0.6, count);
  expect(rest).to.deep.equal({ lost: 0, children: 0, threads: 0 });
  expect(mappings).to.be.lessThan(KEPT_MAPPINGS);
  expect(rssKiB).to.be.lessThan(RSS_KIB);
  expect(heapKiB).to.be.lessThan(HEAP_KIB);
}

function run(count: number, fails: boolean): Promise<Growth> {
  return runProgram<Growth>(
    import.meta.url,
    'flat-leaks',
    { count, fails },
    { nodeArgs, deadlineMs: 25_000 },
  );
}
