import { expect } from 'chai';
import { signalRun } from '../support/launchers.js';
import { signalsIn } from '../support/probe.js';
import { makeFile } from '../support/starts.js';
import { major, same, sameScript } from './oracle.js';
import { closed, ends, gather, outcomeOf } from './story.js';
import { witness } from './witness.js';

/** Says what a child of `cp` has ignored and blocked, 32 and 33 left out: Node leaves them as it finds them. */
const sayMasks = `
  const child = cp.spawn('/bin/grep', ['-E', 'Sig(Ign|Blk)', '/proc/self/status']);
  for await (const text of child.stdout) process.stdout.write(text);`;

describe('what the child sees', () => {
  same(
    'no signal ignored or blocked, though Node ignores some',
    (cp) => witness(cp),
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
        const seen = await witness(cp);
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
  sameScript(
    'no signal blocked though it was in the thread of the parent',
    `import { createRequire } from 'node:module';
     const meddle = createRequire(import.meta.url)(process.argv[2]);
     meddle.setMask('0000000000004a02');
     ${sayMasks}
     console.log(meddle.getMask());`,
    ({ stdout }) => expect(stdout).to.match(/^SigBlk:\t0{16}\nSigIgn:\t0{16}\n/),
    { args: [meddlePath()] },
  );

  same(
    'the umask of the parent',
    (cp) => witness(cp),
    ({ umask }) => expect(umask).to.equal(process.umask()),
  );
  same(
    'its priority, scheduling and limits',
    (cp) => witness(cp),
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
      (cp) => witness(cp, options),
      ({ argv }) => expect(argv[1]).to.equal('report-to'),
    );

  sameScript(
    'no groups of a parent that gives it other ids',
    `process.setgroups([1, 2, 3]);
     const show = async (options) => {
       const child = cp.spawn('/bin/grep', ['-E', '^(Uid|Gid|Groups):', '/proc/self/status'], options);
       for await (const text of child.stdout) process.stdout.write(text);
     };
     await show({}); await show({ uid: 65534 }); await show({ gid: 5 }); await show({ uid: 65534, gid: 5 }); await show({ uid: 0 });`,
    ({ stdout }) =>
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
    'bytes that are no UTF-8 not at all: text is what goes over',
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
        else expect(outcome).to.have.nested.property('happenings[0].event', 'error');
      },
    );
  sameScript(
    'arguments joined by spaces with a shell, which is deprecated and said once',
    `for (const args of [['a  b', '"c d"', '$((1+1))'], ['again']]) {
       const child = cp.spawn('echo', args, { shell: true });
       for await (const text of child.stdout) process.stdout.write(text);
     }
     cp.spawn('true', ['x'], { shell: '/bin/sh', stdio: 'ignore' });
     cp.execFile('true', ['x'], { shell: true }, () => {});
     cp.spawn('true', [], { shell: true, stdio: 'ignore' });`,
    ({ stdout, stderr }) => {
      expect(stdout).to.equal('a b c d 2\nagain\n');

      expect(stderr.match(/DEP0190/g) ?? []).to.have.length(major >= 24 ? 1 : 0);
    },
  );
  sameScript(
    'no deprecation without arguments, or with a shell that is refused',
    `cp.spawn('true', [], { shell: true });
     try { cp.spawn('true', ['a'], { shell: 5 }); } catch {}
     try { cp.spawn('true', ['a'], { shell: '/bin/sh', cwd: 5 }); } catch {}
     cp.exec('true');`,
    ({ stderr }) => expect(stderr).to.not.match(/DEP0190/),
  );
});

function meddlePath(): string {
  return new URL('../../build/test/meddle.node', import.meta.url).pathname;
}
