import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { stateOf } from '../support/proc.js';
import { runProgram, startProgram } from '../support/program.js';
import { untilStuck } from '../support/stuck.js';
import { makeFifo } from '../support/temp.js';
import { until } from '../support/until.js';
import type { StuckParentEnd } from './programs/stuck-parent.js';

const STUCK = 50;

describe('a child between clone and exec', () => {
  it('keeps what it runs on while the parent collects garbage, starts 1,000 more and ends a Worker', async () => {
    const options = { nodeArgs: ['--expose-gc'] };
    const result = await runProgram(import.meta.url, 'stuck-survivors', {}, options);
    expect(result).to.deep.equal({ rightCodes: 1000, states: ['S', 'T'], intact: [true, true], left: 0 });
  });

  const killed = { code: null, signal: 'SIGKILL' };
  const ends: [title: string, parameters: Parameters, end: object, env?: Record<string, string>][] = [
    ['calls process.exit', { end: 'exit' }, { code: 3, signal: null }],
    ['throws what nobody catches', { end: 'throw' }, { code: 1, signal: null }],
    // what asks the kernel to end them with their parent is refused: a regular exit kills them itself
    [
      'calls process.exit, where prctl is refused',
      { end: 'exit', rules: 'prctl=EPERM' },
      { code: 3, signal: null },
    ],
    ['is killed', { end: 'kill' }, killed],
    ['is killed, on rung 2', { end: 'kill' }, killed, { FORKLESS_RUNG: '2' }],
    ['is killed, on rung 4', { end: 'kill' }, killed, { FORKLESS_RUNG: '4' }],
  ];
  for (const [title, parameters, end, env] of ends)
    it(`does not outlive a parent that ${title}`, () => expectNoOrphans(parameters, end, env));

  // A start that is pending keeps the loop: only those of a Worker can be left when the main thread comes to its end.
  it('does not outlive a parent that comes to its end', async () => {
    await expectNoOrphans({ end: 'return', inWorker: true }, { code: 0, signal: null });
  });

  it('does not outlive its parent while it is stopped', async () => {
    await expectNoOrphans({ end: 'kill', stops: true }, killed);
  });
});

interface Parameters {
  readonly end: StuckParentEnd;
  readonly rules?: string;
  readonly inWorker?: boolean;
  readonly stops?: boolean;
}

/** Before exec a child shows the command line of its parent, which bears a mark here; it is looked for as well. */
async function expectNoOrphans(
  parameters: Parameters,
  expectedEnd: object,
  env: Record<string, string> = {},
): Promise<void> {
  const mark = `forkless-stuck-${process.pid}-${performance.now()}`;
  const given = { ...parameters, fifo: makeFifo(), count: STUCK, mark };
  const node = startProgram(import.meta.url, 'stuck-parent', given, { env });
  const pids = await untilStuck(STUCK, node.pid);
  expect(pidsWithMark(mark)).to.include.members(pids);
  node.write('end\n');
  expect(await node.ended).to.include(expectedEnd);
  // A zombie holds nothing any more; when it is reaped is up to who has inherited it.
  await until('no orphan is alive', () => pids.every((pid) => [undefined, 'Z', 'X'].includes(stateOf(pid))));
  expect(pidsWithMark(mark)).to.deep.equal([]);
}

function pidsWithMark(mark: string): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => {
      try {
        return pid > 0 && readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(mark);
      } catch {
        return false;
      }
    });
}
