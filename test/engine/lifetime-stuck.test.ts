import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { stateOf } from '../support/proc.js';
import { runNodeForValue, startNode } from '../support/run-node.js';
import { untilStuck } from '../support/stuck.js';
import { makeFifo } from '../support/temp.js';
import { until } from '../support/until.js';

const STUCK = 50;

describe('a child between clone and exec', () => {
  it('keeps what it runs on while the parent collects garbage, starts 1,000 more and ends a Worker', async () => {
    const result = await runNodeForValue(new URL('./lifetime-stuck-parent.js', import.meta.url), {
      nodeArgs: ['--expose-gc'],
    });
    expect(result).to.deep.equal({ rightCodes: 1000, states: ['S', 'T'], intact: [true, true], left: 0 });
  });

  const killed = { code: null, signal: 'SIGKILL' };
  const killItself = 'process.kill(process.pid, "SIGKILL");';
  const ends: [title: string, code: string, end: object, env?: Record<string, string>, rules?: string][] = [
    ['calls process.exit', 'process.exit(3);', { code: 3, signal: null }],
    ['throws what nobody catches', 'throw new Error("uncaught");', { code: 1, signal: null }],
    // what asks the kernel to end them with their parent is refused: a regular exit kills them itself
    [
      'calls process.exit, where prctl is refused',
      'process.exit(3);',
      { code: 3, signal: null },
      {},
      'prctl=EPERM',
    ],
    ['is killed', killItself, killed],
    ['is killed, on rung 2', killItself, killed, { FORKLESS_RUNG: '2' }],
    ['is killed, on rung 4', killItself, killed, { FORKLESS_RUNG: '4' }],
  ];
  for (const [title, code, end, env = {}, rules] of ends)
    it(`does not outlive a parent that ${title}`, async () => {
      const begin = rules === undefined ? '' : `meddle.installSeccomp('${rules}', true);`;
      await expectNoOrphans(begin + startHere, code, end, env);
    });

  // A start that is pending keeps the loop: only those of a Worker can be left when the main thread comes to its end.
  it('does not outlive a parent that comes to its end', async () => {
    await expectNoOrphans(startInWorker, '', { code: 0, signal: null });
  });

  it('does not outlive its parent while it is stopped', async () => {
    const stop = 'for (const pid of stuckChildren()) process.kill(pid, "SIGSTOP");';
    await expectNoOrphans(startHere, `${stop} ${killItself}`, killed);
  });
});

const startHere = `
  const fileActions = new FileActions().addOpen(5, process.argv[2], 'r');
  for (let i = 0; i < ${STUCK}; i++) posixSpawn('/bin/true', ['true'], { fileActions });
`;

const startInWorker = `
  const url = new URL(${JSON.stringify(new URL('./workers-stuck.js', import.meta.url).href)});
  new Worker(url, { workerData: { fifo: process.argv[2], count: ${STUCK} } }).unref();
`;

/** Before exec a child shows the command line of its parent, which bears a mark here; it is looked for as well. */
async function expectNoOrphans(
  begin: string,
  end: string,
  expectedEnd: object,
  env: Record<string, string> = {},
): Promise<void> {
  const mark = `forkless-stuck-${process.pid}-${performance.now()}`;
  const node = startNode(
    `
    import { Worker } from 'node:worker_threads';
    import { FileActions, posixSpawn } from 'forkless';
    ${begin}
    process.stdin.once('data', () => { process.stdin.destroy(); ${end} });
  `,
    { args: [makeFifo(), mark], env },
  );
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
