// The packed tarball, installed into an empty folder without compiler, Python and scripts, and then used.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { examplesOf } from '../docs/markdown.js';
import { INSTALL_TIMEOUT } from '../support/installed.js';
import { hasEnded } from '../support/proc.js';
import { until } from '../support/until.js';
import { consumer } from './packed.js';
import type { Checks } from './programs/checks.js';
import { checks as dropIn } from './programs/drop-in.js';
import { checks as ownDropIn } from './programs/own-drop-in.js';
import { checks as posixDoor } from './programs/posix-door.js';
import { checks as registered } from './programs/registered.js';
import { leaveOut, run } from './programs.js';
import { environmentOf, obstacleOf, programOf, type Runtime, runtimes } from './runtimes.js';

type Outcomes = Record<string, string>;

for (const runtime of runtimes)
  describe(`the packed package under ${runtime.name}`, function () {
    this.timeout(120_000);
    let env: Record<string, string>;
    let cwd: string;

    before(async function () {
      this.timeout(INSTALL_TIMEOUT);
      const obstacle = obstacleOf(runtime);
      if (programOf(runtime) === undefined || obstacle !== null) leaveOut(this, runtime.name, obstacle);
      env = environmentOf(runtime);
      cwd = await consumer();
    });

    describe('by the POSIX door', () => {
      itHolds(posixDoor, () => ask('posix-door'));
    });

    if (runtime.ownChildProcess)
      describe('by the drop-in, which hands out what the runtime has', () => {
        itHolds(ownDropIn, () => ask('own-drop-in'));
      });
    else
      describe('by the drop-in', () => {
        itHolds(dropIn, () => ask('drop-in'));
      });

    describe(`by forkless/register, ${runtime.ownChildProcess ? 'which replaces nothing' : 'through the engine'}`, () => {
      const { flags, env: more } = runtime.register;
      itHolds(registered, () => ask('registered', flags, more));
    });

    it('can be loaded by require', async () => {
      const { stdout } = await run([...program(runtime), 'required.cjs'], { cwd, env });
      const backend = runtime.ownChildProcess ? 'node' : 'forkless';
      expect(JSON.parse(stdout)).to.deep.equal({ code: 3, stdout: 'text\n', backend, plain: 'plain\n' });
    });

    it('keeps the program alive until its children have ended, and no longer', async () => {
      for (const way of ['async', 'sync'])
        expect((await start('stays.js', way)).stdout).to.equal('child\nend 0\n');
    });

    it('lets the program end before a child that is not waited for', async () => {
      const { stdout } = await start('leaves.js');
      const [pid, kept] = stdout.trim().split('\n');
      process.kill(Number(pid), 'SIGKILL');
      expect(kept).to.equal('kept 0');
      await until('the child has ended', () => hasEnded(Number(pid)));
    });

    it('treats our descriptors as its page in docs/ says', async () => {
      const { fs, sockets } = runtime.numbers;
      const expected = {
        readSync: fs,
        createReadStream: fs,
        writeSync: fs,
        closeSync: fs,
        Socket: sockets,
        opened: true,
      };
      expect(JSON.parse((await start('ways.js')).stdout)).to.deep.equal(expected);
    });

    it('runs the examples of its page in docs/', async () => {
      const examples = examplesOf('docs/runtimes.md');
      expect(examples).to.have.lengthOf.at.least(2);
      for (const [index, { place, code, output }] of examples.entries()) {
        const file = `example-${runtime.name}-${index}.mjs`;
        writeFileSync(join(cwd, file), code);
        const { stdout } = await run([...program(runtime), file], { cwd, env });
        if (output !== undefined) expect(stdout, place).to.equal(output);
      }
    });

    it('has a command that explains a plan and examines the system', async () => {
      const explained = await command('explain', '--cwd', '/', '/bin/true');
      expect(explained).to.match(/^1\. chdir "\/"\n[\s\S]*execve "\/bin\/true"\n/);
      const report = JSON.parse(await command('doctor', '--json'));
      expect(report.features).to.include({ backend: 'clone', reason: null });
      expect(
        report.rungs.map(({ rung, error }: { rung: number; error: string | null }) => error ?? rung),
      ).to.deep.equal([1, 2, 3, 4]);
    });

    async function command(...args: string[]): Promise<string> {
      return (await run([...program(runtime), 'node_modules/.bin/forkless', ...args], { cwd, env })).stdout;
    }

    async function ask(checks: string, flags: readonly string[] = [], more = {}): Promise<Outcomes> {
      const line = [...program(runtime), ...flags, 'programs/run.js', checks];
      const { stdout } = await run(line, { cwd, env: { ...env, ...more } });
      return JSON.parse(stdout.slice(stdout.lastIndexOf('\n', stdout.length - 2) + 1));
    }

    function start(file: string, ...args: string[]): ReturnType<typeof run> {
      return run([...program(runtime), `programs/${file}`, ...args], { cwd, env });
    }
  });

function program(runtime: Runtime): string[] {
  return [programOf(runtime) ?? '', ...runtime.flags];
}

/** One program does them all; each is a test of its own. */
function itHolds(checks: Checks, ask: () => Promise<Outcomes>): void {
  let outcomes: Outcomes;
  before(async () => {
    outcomes = await ask();
  });
  for (const title of Object.keys(checks))
    it(title, () => expect(outcomes[title], outcomes[title]).to.equal('ok'));
}
