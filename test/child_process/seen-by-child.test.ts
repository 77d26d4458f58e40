import { expect } from 'chai';
import { signalRun } from '../support/launchers.js';
import { signalsIn } from '../support/probe.js';
import { makeFile } from '../support/starts.js';
import { childReport } from './child-report.js';
import { closed, ends, gather, outcomeOf } from './event-log.js';
import { major, same, sameProgram, sameScript } from './oracle.js';

/** Says what a child of `cp` has ignored and blocked, 32 and 33 left out: Node leaves them as it finds them. */
const sayMasks = `
  const child = cp.spawn('/bin/grep', ['-E', 'Sig(Ign|Blk)', '/proc/self/status']);
  for await (const text of child.stdout) process.stdout.write(text);`;

describe('what the child sees', () => {
  same(
    'no signal ignored or blocked, though Node ignores some',
    (cp) => childReport(cp),
    ({ ignored, blocked }) => {
      expect(signalsIn(ignored).filter((signal) => signal < 32)).to.deep.equal([]);
      expect(signalsIn(blocked)).to.deep.equal([]);
    },
  );
  for (const event of ['SIGINT', 'SIGTERM', 'SIGUSR2', 'SIGCHLD', 'SIGWINCH'] as const)
    same(
      `no signal ignored though the parent listens to ${event}`,
      async (cp) => {
        const listener = () => {};
        process.on(event, listener);
        const seen = await childReport(cp);
        process.off(event, listener);
        return seen;
      },
      ({ ignored, blocked }) =>
        expect([ignored, blocked].map((mask) => signalsIn(mask).filter((n) => n < 32))).to.deep.equal([
          [],
          [],
        ]),
    );
  for (const signals of [
    [1, 2, 3],
    [13, 15, 17],
    [10, 12, 25],
    Array.from({ length: 31 }, (_, i) => i + 1).filter((n) => n !== 9 && n !== 19),
  ])
    sameScript(
      `no signal ignored though ${signals.length} (${signals[0]}, …) were when the parent began`,
      sayMasks,
      ({ stdout }) => expect(stdout).to.match(/^SigBlk:\t0{16}\nSigIgn:\t0{16}\n$/),
      { launcher: signalRun(...signals) },
    );
  sameProgram(
    'no signal blocked though the thread of the parent has blocked some',
    'unblocked-signals',
    ({ stdout }) => expect(stdout).to.match(/^SigBlk:\t0{16}\nSigIgn:\t0{16}\n/),
  );

  same(
    'the umask of the parent',
    (cp) => childReport(cp),
    ({ umask }) => expect(umask).to.equal(process.umask()),
  );
  same(
    'its priority, scheduling and limits',
    (cp) => childReport(cp),
    ({ nice, schedPolicy, pdeathsig }) => expect([nice, schedPolicy, pdeathsig]).to.deep.equal([0, 0, 0]),
  );
  for (const [what, options] of [
    ['pipes', { stdio: 'pipe' }],
    ['detached', { detached: true }],
    ['other ids', { uid: 65534, gid: 65534 }],
    ['another group', { gid: 12345 }],
    ['a directory', { cwd: '/usr' }],
    ['an argv0', { argv0: 'x' }],
    [
      'everything',
      {
        detached: true,
        uid: 1,
        gid: 1,
        cwd: '/',
        argv0: 'y',
        env: { A: 'b' },
        stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
      },
    ],
  ] as const)
    same(
      `all of it, with ${what}`,
      (cp) => childReport(cp, options),
      ({ argv }) => expect(argv[1]).to.equal('report-to'),
    );

  sameProgram('no supplementary groups of the parent where it gets other ids', 'ids-of-child', ({ stdout }) =>
    expect(stdout).to.match(/^Uid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nGroups:\t1 2 3 \nUid:\t65534/),
  );
  same(
    'its directory before its ids: one that only the parent may enter',
    async (cp) => {
      const folder = makeFile('', 0o700);
      return outcomeOf(() =>
        cp.spawn('/bin/sh', ['-c', 'echo ran'], { cwd: '/root', uid: 65534, gid: 65534 }),
      ).then((outcome) => [outcome, typeof folder]);
    },
    ([outcome]) => expect(outcome).to.be.an('object'),
  );
  same(
    'arguments as UTF-8, never as bytes',
    async (cp) => {
      const child = cp.spawn('/bin/sh', [
        '-c',
        'printf %s "$1" | od -An -tx1',
        'sh',
        Buffer.from([0xff, 0x61]).toString(),
      ]);
      const said = gather(child.stdout);
      await closed(child);
      return said().trim();
    },
    (text) => expect(text).to.equal('ef bf bd 61'),
  );
  same(
    'arguments that look like options, and none are taken away',
    (cp) => outcomeOf(() => cp.spawn('/bin/echo', ['--', '-n', '--help', '-e'])),
    ends(0, '-- -n --help -e\n'),
  );
  same(
    'a shell with its command',
    (cp) => outcomeOf(() => cp.spawn('echo "$0" $$ | sed "s/ .*//"; exit 3', { shell: true })),
    ends(3, '/bin/sh\n'),
  );
  for (const [what, shell, expected] of [
    ['a shell of its own', '/bin/bash', '/bin/bash\n'],
    ['a shell from PATH', 'bash', 'bash\n'],
    ['no shell for false', false, ''],
    ['no shell for an empty text', '', ''],
    ['no shell for null', null, ''],
  ] as const)
    same(
      what,
      (cp) => outcomeOf(() => cp.spawn('echo $0', { shell })),
      (outcome) => {
        if (expected !== '') ends(0, expected)(outcome);
        else expect(outcome).to.have.nested.property('events[0].event', 'error');
      },
    );
  sameProgram(
    'arguments joined by spaces with a shell, which gives one deprecation warning',
    'shell-arguments',
    ({ stdout, stderr }) => {
      expect(stdout).to.equal('a b c d 2\nagain\n');

      expect(stderr.match(/DEP0190/g) ?? []).to.have.length(major >= 24 ? 1 : 0);
    },
  );
  sameScript(
    'no deprecation warning without arguments, or with a shell that is refused',
    `cp.spawn('true', [], { shell: true });
     try { cp.spawn('true', ['a'], { shell: 5 }); } catch {}
     try { cp.spawn('true', ['a'], { shell: '/bin/sh', cwd: 5 }); } catch {}
     cp.exec('true');`,
    ({ stderr }) => expect(stderr).to.not.match(/DEP0190/),
  );
});
