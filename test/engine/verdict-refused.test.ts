import { expect } from 'chai';
import { seccompRun } from '../support/launchers.js';
import { runNode, runNodeForValue } from '../support/run-node.js';

// A filter that comes after the program has begun, and knows a call that the engine makes once the child exists.
describe('the verdict and the end are known where a filter refuses', () => {
  const all = {
    ended: [7, 7],
    killed: ['SIGTERM'],
    failed: ['ENOENT', 'ENOENT'],
    collected: [5, 'out', 'ETIMEDOUT'],
  };
  const rules: [rules: string, expected: object][] = [
    ['ppoll=EPERM', all],
    ['ppoll=ENOSYS', all],
    ['waitid=EPERM', all],
    ['waitid=ENOSYS', all],
    ['waitid=EPERM ppoll=EPERM', all],
    ['timerfd_create=EPERM', all],
    ['timerfd_settime=EPERM', all],
  ];
  for (const [refused, expected] of rules)
    it(refused.replaceAll('=', ': '), async () => {
      const seen = await runNodeForValue<{ left: number }>(`
        import { posixSpawn } from 'forkless';
        import { spawn, spawnSync } from 'forkless/child_process';
        import { once } from 'node:events';
        meddle.installSeccomp('${refused}', true);
        const shell = (script) => ['/bin/sh', ['sh', '-c', script]];
        const child = await posixSpawn(...shell('exit 7'));
        const dropIn = spawn('sh', ['-c', 'exit 7']);
        const ended = [(await child.exited).code, (await once(dropIn, 'exit'))[0]];
        const sleeper = await posixSpawn('/bin/sleep', ['sleep', '60']);
        sleeper.kill('SIGTERM');
        const killed = [(await sleeper.exited).signal];
        const code = ({ code }) => code;
        const failed = [await posixSpawn('/no/such', ['x']).catch(code), spawnSync('/no/such').error.code];
        const sync = spawnSync('sh', ['-c', 'printf out; exit 5'], { encoding: 'utf8' });
        const collected = [sync.status, sync.stdout, spawnSync('sleep', ['60'], { timeout: 30 }).error.code];
        say({ ended, killed, failed, collected, left: childrenOf().length });`);
      const { left, ...outcomes } = seen;
      expect(outcomes).to.deep.equal(expected);
      expect(left, 'zombies').to.equal(0);
    });
});

it('nothing is started where a filter refuses both waits: nobody could reap it', async () => {
  const seen = await runNodeForValue(`
    import { posixSpawn } from 'forkless';
    import { spawnSync } from 'forkless/child_process';
    meddle.installSeccomp('waitid=EPERM wait4=EPERM', true);
    const { code, step } = await posixSpawn('/bin/true', ['true']).catch((error) => error);
    say([code, step, spawnSync('/bin/true').error.code, childrenOf().length]);`);
  expect(seen).to.deep.equal(['EPERM', 'verdict', 'EPERM', 0]);
});

// On a start that cannot be told of: an error, and nothing is left of it.
it('a start is an error at step watch where a filter refuses to let its end be watched', async () => {
  // Node itself does not bear that filter for long: how it ends is not looked at
  const { stdout } = await runNode(`
    import { posixSpawn } from 'forkless';
    await (await posixSpawn('/bin/true', ['true'])).exited;
    const before = openDescriptors().size;
    meddle.installSeccomp('epoll_ctl=EPERM', true);
    const { code, step } = await posixSpawn('/bin/sleep', ['sleep', '60']).catch((error) => error);
    say({ code, step, left: childrenOf().length, descriptors: openDescriptors().size - before });
    process.exit(0);`);
  expect(JSON.parse(stdout)).to.deep.equal({ code: 'EPERM', step: 'watch', left: 0, descriptors: 0 });
});

// The watcher's timer is made anew where other code has closed it, not where a filter forbids to set it.
describe('a timer that cannot be set', () => {
  for (const error of ['EPERM', 'ENOSYS'])
    for (const moment of ['launch', 'later'])
      it(`leaves no descriptor behind with each start: ${error}, ${moment}`, async () => {
        const rule = `timerfd_settime=${error}`;
        const grown = await runNodeForValue<number>(
          `
          import { posixSpawn } from 'forkless';
          const start = async () => (await posixSpawn('/bin/true', ['true'])).exited;
          await start();
          const before = openDescriptors().size;
          if ('${moment}' === 'later') meddle.installSeccomp('${rule}', true);
          for (let i = 0; i < 5; i++) await start();
          say(openDescriptors().size - before);`,
          moment === 'launch' ? { launcher: seccompRun(rule) } : {},
        );
        expect(grown).to.equal(moment === 'launch' ? 0 : -1);
      });
});
