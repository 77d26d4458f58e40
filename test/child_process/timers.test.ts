// The timers of `timeout`: which of them hold the program, and until when.
import { expect } from 'chai';
import { ours, runScript, sameProgram, sameScript } from './oracle.js';

/** Whoever waits for the timer would wait 25 seconds. */
const soon = { deadlineMs: 12_000 };
const timers = `const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;`;

describe('the timer of a timeout', () => {
  for (const [what, start] of [
    ['spawn', "cp.spawn('/bin/true', { timeout: 25_000 })"],
    ['spawn without pipes', "cp.spawn('/bin/true', { timeout: 25_000, stdio: 'ignore' })"],
    ['spawn of a child that is killed', "cp.spawn('sleep', ['30'], { timeout: 25_000 }).kill()"],
    ['fork', "cp.fork('/dev/null', { timeout: 25_000 })"],
    ['exec', "cp.exec('true', { timeout: 25_000 })"],
    ['exec of a command that fails', "cp.exec('exit 3', { timeout: 25_000 }, () => {})"],
    ['execFile', "cp.execFile('/bin/true', { timeout: 25_000 })"],
    ['execFile of what does not exist', "cp.execFile('/no/such', { timeout: 25_000 }, () => {})"],
    ['execFile beyond maxBuffer', "cp.execFile('yes', { timeout: 25_000, maxBuffer: 10 }, () => {})"],
  ])
    sameScript(
      `of ${what} does not hold the program after the child's end`,
      `${start}; ${timers} console.log('armed:', timers());
       process.on('exit', () => console.log('left:', timers()));`,
      ({ code, stdout }) => {
        expect(code).to.equal(0);
        expect(stdout).to.equal('armed: 1\nleft: 0\n');
      },
      soon,
    );

  it('of a spawn that failed holds nothing', async () => {
    const { code, stdout } = await runScript(
      ours,
      `cp.spawn('/no/such', { timeout: 25_000 }).on('error', () => {}); process.on('exit', () => console.log('ended'));`,
      soon,
    );
    expect([code, stdout]).to.deep.equal([0, 'ended\n']);
  });

  sameProgram(
    'of spawn ends with the child or with its output, as this Node has it, where a grandchild holds the pipe',
    'timer-of-grandchild',
    ({ stdout }) => expect(stdout).to.match(/^at first: 1 .*\nafter exit: \d .*\nafter close: 0 false\n$/),
    soon,
  );
});
