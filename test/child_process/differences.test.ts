// Where ours and Node's do not do the same, each with its reason. Everything else is held equal by the other files.
import { closeSync, constants, openSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { inspect } from 'node:util';
import { expect } from 'chai';
import { meddle } from '../support/meddle.js';
import { slowness } from '../support/slowness.js';
import { makeFile } from '../support/starts.js';
import { childReport } from './child-report.js';
import type { Outcome } from './event-log.js';
import { closed, ends, expectEventLog, outcomeOf, throws } from './event-log.js';
import { byPosixSpawn, major, nodes, ours, runScript } from './oracle.js';

const { O_NONBLOCK } = constants;
const minor = Number(process.versions.node.split('.')[1]);

describe('the drop-in differs from Node', () => {
  it('in cwd given as bytes: ours go there, Node checks them and stays where it is', async () => {
    const [there, here] = await Promise.all(
      [ours, nodes].map((cp) => outcomeOf(() => cp.spawn('/bin/pwd', { cwd: Buffer.from('/usr') }))),
    );
    if (there) ends(0, '/usr\n')(there);
    if (here) ends(0, `${process.cwd()}\n`)(here);
  });

  it("in NODE_V8_COVERAGE: ours give it to the child, Node writes it into the caller's own env first", async () => {
    const script = `process.env.NODE_V8_COVERAGE = '/tmp/of-the-parent';
      const env = { A: '1' };
      const child = cp.spawn('/bin/sh', ['-c', 'echo $NODE_V8_COVERAGE'], { env });
      for await (const text of child.stdout) process.stdout.write(text);
      console.log(Object.keys(env).join());`;
    const [mine, theirs] = await Promise.all([ours, nodes].map((cp) => runScript(cp, script)));
    expect(mine?.stdout).to.equal('/tmp/of-the-parent\nA\n');
    expect(theirs?.stdout).to.equal('/tmp/of-the-parent\nA,NODE_V8_COVERAGE\n');
  });

  it('in the text of an error: ours show their cause below it', async () => {
    const text = async (cp: typeof ours): Promise<string> => {
      const child = cp.spawn('/no/such');
      const error = new Promise((resolve) => child.once('error', resolve));
      await closed(child);
      return inspect(await error);
    };
    expect(await text(ours)).to.match(/\[cause\]: .*SpawnError/);
    expect(await text(nodes)).to.not.match(/cause/);
  });

  it('in a closed number beside pipes: ours say EBADF, Node may hand out one of its own pipes', async () => {
    const fd = openSync('/dev/null', 'r');
    closeSync(fd);
    throws('EBADF')(await outcomeOf(() => ours.spawn('/bin/true', { stdio: ['pipe', 'pipe', 'pipe', fd] })));
    for (const options of [{ execFd: fd }, { cgroup: fd }, { inheritFds: [fd] }])
      throws('EBADF')(await outcomeOf(() => ours.spawn('/bin/true', options)));
  });

  it('in numbers in stdio that are no int32: newer Nodes abort, ours and older Nodes take their low 32 bits', async () => {
    for (const fd of [Number.NaN, 2 ** 32, Number.POSITIVE_INFINITY, 0.5])
      ends(0)(await outcomeOf(() => ours.spawn('/bin/true', { stdio: [fd, 'ignore', 'ignore'] })));
    const { signal } = await runScript(nodes, "cp.spawn('/bin/true', { stdio: [0.5] })");
    expect([null, 'SIGABRT']).to.include(signal);
  });

  it('in a file without #!: ours give it to /bin/sh, Node says ENOEXEC where its libuv starts by posix_spawn', async () => {
    const file = makeFile('echo "run with $*"\n', 0o755);
    const starts = (cp: typeof ours): Promise<Outcome[]> =>
      Promise.all([
        outcomeOf(() => cp.spawn(file, ['a'])),
        outcomeOf(() => cp.spawn(basename(file), ['a'], { env: { PATH: dirname(file) } })),
        outcomeOf(() => cp.spawn(file, ['a'], { detached: true, cwd: '/' })),
      ]);
    const synchronous = ({ module }: typeof ours): unknown => {
      const { error, stdout } = module.spawnSync(file, ['a'], { encoding: 'utf8' });
      return (error as NodeJS.ErrnoException | undefined)?.code ?? stdout;
    };
    for (const outcome of await starts(ours)) ends(0, 'run with a\n')(outcome);
    expect(synchronous(ours)).to.equal('run with a\n');
    const check = byPosixSpawn ? throws('ENOEXEC') : ends(0, 'run with a\n');
    for (const outcome of await starts(nodes)) check(outcome);
    expect(synchronous(nodes)).to.equal(byPosixSpawn ? 'ENOEXEC' : 'run with a\n');
  });

  it('in O_NONBLOCK on 3 and above: ours leave it on what is shared, libuv 1.53.0 takes it away, here too', async () => {
    const left = async (cp: typeof ours): Promise<boolean[]> => {
      const first = cp.spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] });
      const { fds } = await childReport(cp, { stdio: ['ignore', 'ignore', 'ignore', first.stdin] });
      const fd = (first.stdin as unknown as { _handle: { fd: number } })._handle.fd;
      const here = /^flags:\s+(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))?.[1];
      first.stdin?.end();
      await closed(first);
      return [fds[3]?.flags ?? 0, Number.parseInt(here ?? '0', 8)].map((flags) => (flags & O_NONBLOCK) !== 0);
    };
    expect(await left(ours)).to.deep.equal([true, true]);
    if (!byPosixSpawn) expect(await left(nodes)).to.deep.equal([true, true]);
    else expect((await left(nodes)).join()).to.be.oneOf(['false,false', 'true,true']);
  });

  it('in arguments that have no text: Node 20 throws and starts the program all the same, ours only throw there', async () => {
    const script = `
      for (const arg of [Symbol('a'), Object.create(null), { toString() { throw new RangeError('no text'); } }])
        try { cp.spawn('/bin/true', [arg], { stdio: 'ignore' }); console.log('started'); }
        catch (error) { console.log(error.name); }`;
    const [mine, theirs] = await Promise.all([runScript(ours, script), runScript(nodes, script)]);
    const seen = major < 22 ? 'TypeError\nTypeError\nRangeError\n' : 'started\nstarted\nstarted\n';
    expect(mine.stdout).to.equal(seen);
    expect(theirs.stdout).to.equal(seen);
  });

  it('in a timeout beside a start that failed: ours hold the loop no longer than the child, Node before 24.22 does', async () => {
    const timeout = 1500 * slowness;
    const script = `
      const start = performance.now();
      cp.spawn('/no/such', { timeout: ${timeout} }).on('error', () => {});
      process.on('exit', () => console.log(performance.now() - start >= ${timeout}));`;
    const [mine, theirs] = await Promise.all([runScript(ours, script), runScript(nodes, script)]);
    expect(mine.stdout).to.equal('false\n');
    expect(theirs.stdout).to.equal(`${major < 24 || (major === 24 && minor < 22)}\n`);
  });

  it('in what Node lists of its own handles: ours, which are none of libuv, are not in it', async () => {
    const { _getActiveHandles: handles } = process as unknown as { _getActiveHandles(): unknown[] };
    const seen = await Promise.all(
      [ours, nodes].map(async (cp) => {
        const child = cp.spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] });
        const listed = [process.getActiveResourcesInfo().includes('ProcessWrap'), handles().includes(child)];
        const pipe = handles().includes(child.stdin);
        child.stdin?.end();
        await closed(child);
        return [...listed, pipe];
      }),
    );
    // Both run at the same time: what is seen from ours is asked before Node has started its own.
    expect(seen).to.deep.equal([
      [false, false, true],
      [true, true, true],
    ]);
  });

  it('in descriptors from 3 on that stdio does not name: see more-descriptors', async () => {
    const fd = meddle.dup2(2, 88);
    const list = ['-c', 'cd /proc/self/fd; echo *'];
    const [mine, theirs] = await Promise.all(
      [ours, nodes].map((cp) =>
        outcomeOf(() => cp.spawn('/bin/sh', list, { stdio: ['ignore', 'pipe', 'inherit'] })),
      ),
    );
    closeSync(fd);
    if (mine) expect(expectEventLog(mine).stdout).to.not.match(/88/);
    if (theirs) expect(expectEventLog(theirs).stdout).to.match(/88/);
  });
});
