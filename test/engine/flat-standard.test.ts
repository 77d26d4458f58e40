import { expect } from 'chai';
import { runNodeForValue } from '../support/run-node.js';
import { needLinux } from './flat-crowd.js';

type Outcomes = Record<string, string>;

describe('a flat start of a process whose 0, 1 and 2 are closed', () => {
  let flat: { outcomes: Outcomes; flat: number; starts: number };
  let plain: typeof flat;

  before(async function () {
    needLinux(this, 5, 9);
    [flat, plain] = await Promise.all([run('always'), run('never')]);
  });

  it('is what these are, but for those that name a closed descriptor', () => {
    expect(flat.flat).to.be.within(flat.starts / 3, flat.starts);
    expect(plain.flat).to.equal(0);
    expect(plain.starts).to.equal(flat.starts);
  });

  it('gives what a plain one gives, and never the engine’s own descriptors, which stand there', () => {
    expect(flat.outcomes).to.deep.equal(plain.outcomes);
  });

  it('gives what was named', () => {
    expect(flat.outcomes).to.deep.include({
      nothing: '',
      'closed ones': '',
      'from above': '0 /dev/zero,1 /dev/full,2 /dev/zero',
      opened: '0 /dev/null,1 /dev/zero,2 /dev/full',
      '0 inherited': 'EBADF at inherit 0',
      '1 inherited': 'EBADF at inherit 1',
      '2 inherited': 'EBADF at inherit 2',
      '0 copied': 'EBADF at dup2 0',
      '1 copied': 'EBADF at dup2 1',
      '2 copied': 'EBADF at dup2 2',
      'no program': 'ENOENT at execve ',
    });
  });
});

function run(mode: string): Promise<{ outcomes: Outcomes; flat: number; starts: number }> {
  return runNodeForValue(
    `
    import { closeSync, openSync, readFileSync } from 'node:fs';
    import { features, FileActions, posixSpawn, posixSpawnSync } from 'forkless';
    const zero = openSync('/dev/zero', 'r');
    const full = openSync('/dev/full', 'w');
    const report = tempPath('report');
    const argv = probeArgv('report-to', report);
    posixSpawnSync(probePath, probeArgv('exit', 0));
    await (await posixSpawn(probePath, probeArgv('exit', 0))).exited;
    const kept = [40, 41, 42];
    for (const fd of [0, 1, 2]) meddle.dup2(fd, kept[fd]);
    for (const fd of [0, 1, 2]) closeSync(fd);
    const before = features();
    const actions = () => new FileActions();
    const cases = {
      nothing: {},
      'closed ones': { fds: [null, null, null] },
      'from above': { fds: [zero, full, zero] },
      opened: { fileActions: actions().addOpen(0, '/dev/null', 'r').addOpen(1, '/dev/zero', 'w').addOpen(2, '/dev/full', 'w') },
      '0 inherited': { fileActions: actions().addInherit(0) },
      '1 inherited': { fileActions: actions().addInherit(1) },
      '2 inherited': { fileActions: actions().addInherit(2) },
      '0 copied': { fds: [zero, full, null, 0] },
      '1 copied': { fds: [zero, full, null, 1] },
      '2 copied': { fds: [zero, full, null, 2] },
      'copied to and from': { fileActions: actions().addDup2(zero, 1).addDup2(1, 2).addClose(1).addDup2(full, 0) },
      'no program': { path: '/no/such/program', fds: [zero, full] },
    };
    const outcomes = {};
    for (const [title, { path = probePath, ...options }] of Object.entries(cases))
      for (const start of [posixSpawn, posixSpawnSync]) {
        let outcome;
        try {
          const { code } = await (await start(path, argv, { cloexecDefault: true, ...options })).exited;
          const { fds } = JSON.parse(readFileSync(report, 'latin1'));
          outcome = code === 0 ? fds.map(({ fd, target }) => fd + ' ' + target).join() : 'ended with ' + code;
        } catch ({ code, step, fd }) {
          outcome = code + ' at ' + step + ' ' + (fd ?? '');
        }
        if (outcomes[title] !== undefined && outcomes[title] !== outcome) outcome += ', the other door: ' + outcomes[title];
        outcomes[title] = outcome;
      }
    const after = features();
    for (const fd of [0, 1, 2]) meddle.dup2(kept[fd], fd);
    const starts = Object.values(after.rungs).reduce((sum, n) => sum + n) - Object.values(before.rungs).reduce((sum, n) => sum + n);
    say({ outcomes, flat: after.flat - before.flat, starts });
  `,
    { env: { FORKLESS_FLAT: mode } },
  );
}
