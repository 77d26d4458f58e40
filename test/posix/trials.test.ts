// features().attributes: what works here, by trying.
import { expect } from 'chai';
import { features } from 'forkless';
import { attributes } from '#lib/attributes/index.js';
import { ptyRun, seccompRun, uidRun } from '../support/launchers.js';
import { runProgram } from '../support/program.js';
import { runNodeForValue } from '../support/run-node.js';

type Results = Readonly<Record<string, true | string>>;

/** What programs/trials.ts says. */
interface Left {
  readonly before: { readonly children: readonly object[]; readonly foreground: number };
  readonly after: object;
  readonly attributes: Results;
  readonly group: number;
}

const asked = `import { features } from 'forkless'; say(features().attributes);`;
const isRoot = process.getuid?.() === 0;

describe('features().attributes', () => {
  it('has a result for every attribute, in the order of the index', () => {
    expect(Object.keys(features().attributes)).to.deep.equal(attributes.map(({ name }) => name));
  });

  it('is true for all that root may do', function () {
    if (!isRoot) return this.skip();
    const { nice, uid, gid, groups, setsid, rlimits, umask, waitForExec } = features().attributes;
    expect([nice, uid, gid, groups, setsid, rlimits, umask, waitForExec]).to.deep.equal(Array(8).fill(true));
  });

  it('is true for all that changes this process alone, whoever asks', () => {
    const { cpuAffinity, ioPriority, timerSlack, schedResetOnFork, noNewPrivs } = features().attributes;
    const { childSubreaper, oomScoreAdj, transparentHugePages, dieWithParent } = features().attributes;
    expect([cpuAffinity, ioPriority, timerSlack, schedResetOnFork, noNewPrivs]).to.deep.equal(
      Array(5).fill(true),
    );
    expect([childSubreaper, oomScoreAdj, transparentHugePages, dieWithParent]).to.deep.equal(
      Array(4).fill(true),
    );
  });

  it('says why an ordinary user may not, and that it may all else', async function () {
    if (!isRoot) return this.skip();
    const launcher = ['setpriv', '--reuid=4242', '--regid=4242', '--clear-groups'];
    const { uid, gid, groups, nice, rlimits, chroot, securebits, capabilities, pdeathsig } =
      await runNodeForValue<Results>(asked, { launcher });
    for (const result of [uid, gid, groups])
      expect(result).to.equal('EPERM: operation not permitted, setgroups');
    expect(chroot).to.equal("EPERM: operation not permitted, chroot '/'");
    expect(securebits).to.equal('EPERM: operation not permitted, securebits');
    expect([nice, rlimits, capabilities, pdeathsig]).to.deep.equal([true, true, true, true]);
  });

  it('is found by trying: what a filter refuses is not there', async () => {
    const { nice, umask, setsid } = await runNodeForValue<Results>(asked, {
      launcher: seccompRun('setpriority=ENOSYS'),
    });
    expect(nice).to.equal('ENOSYS: function not implemented, nice');
    expect([umask, setsid]).to.deep.equal([true, true]);
  });

  it('finds what a filter refuses of the last step, too', async () => {
    const { execFd, umask } = await runNodeForValue<Results>(asked, {
      launcher: seccompRun('execveat=EPERM'),
    });
    expect(execFd).to.match(/^EPERM: operation not permitted, execve/);
    expect(umask).to.equal(true);
  });

  it('is tried when it is read, once, and neither by features() nor by who prints it', async () => {
    const counts = await runNodeForValue<number[]>(`
      import { features } from 'forkless';
      const count = () => Object.values(features().rungs).reduce((a, b) => a + b);
      const found = features();
      JSON.stringify(found);
      const before = count();
      const first = found.attributes;
      const after = count();
      say([before, after > before ? 1 : 0, count() - after, features().attributes === first ? 1 : 0]);`);
    expect(counts).to.deep.equal([0, 1, 0, 1]);
  });

  for (const user of [0, 4242])
    it(`leaves the process, its threads and its terminal as they are, as user ${user}`, async function () {
      if (!isRoot) return this.skip();
      const launcher = [...uidRun(user, user), ...ptyRun()];
      const { before, after, attributes, group } = await runProgram<Left>(import.meta.url, 'trials', null, {
        launcher,
      });
      expect(after).to.deep.equal(before);
      expect(before.children).to.deep.equal([]);
      expect(before.foreground).to.equal(group);
      // else it was not tried
      expect(attributes).to.include({
        ctty: true,
        noctty: true,
        ptrace: true,
        pdeathsig: true,
        execFd: true,
      });
    });

  it('is the reason where nothing can be started', async () => {
    const [reason, results] = await runNodeForValue<[string, Results]>(
      `import { features } from 'forkless';
       const found = features();
       say([found.reason, found.attributes]);`,
      { env: { FORKLESS_RUNG: '9' } },
    );
    expect(reason).to.include('FORKLESS_RUNG');
    expect([...new Set(Object.values(results))]).to.deep.equal([reason]);
  });

  it('has a trial for every attribute with steps that a kernel or its filters may refuse', () => {
    // `foreground`: whoever has the terminal would lose it
    const always = ['cwd', 'fds', 'inheritFds', 'umask', 'foreground'];
    const missing = attributes.filter(({ steps, trial }) => steps !== null && trial === null);
    expect(missing.map(({ name }) => name).filter((name) => !always.includes(name))).to.deep.equal([]);
  });
});
