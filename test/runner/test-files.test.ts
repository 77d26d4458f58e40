import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { at } from '../support/paths.js';
import { isGone } from '../support/proc.js';
import { programUrl } from '../support/program.js';
import { runNode, runNodeForValue, startNode } from '../support/run-node.js';
import { until } from '../support/until.js';

interface Figures {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly failures: readonly string[];
}

interface Run {
  readonly figures: Figures;
  readonly stdout: string;
}

describe('the test files of a run', function () {
  this.timeout(60_000);
  /** Inside the repository, where a test file finds chai. */
  let folder: string;

  before(() => {
    folder = mkdtempSync(at('build/test/runner-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('are each run, and their figures added up', async () => {
    const { figures } = await run({
      together: [
        write('passes', "it('a', () => {}); it('b', () => {});"),
        write('skips', "it.skip('c', () => {});"),
      ],
      alone: [write('fails', "describe('of d', () => { it('e', () => { throw new Error('no'); }); });")],
    });
    expect(figures).to.include({ passed: 2, failed: 1, skipped: 1 });
    expect(figures.failures).to.have.lengthOf(1);
    expect(figures.failures[0]).to.match(new RegExp(`^${nameOf('fails')}: of d e\\n +Error: no\\n +at `));
  });

  const broken: readonly (readonly [title: string, text: string, trouble: string])[] = [
    [
      'is killed',
      "it('a', () => process.kill(process.pid, 'SIGKILL'));",
      'ended with SIGKILL, without figures',
    ],
    ['ends itself with 0', "it('a', () => process.exit(0));", 'ended with 0, without figures'],
    ['cannot be loaded', 'nothing.such();', 'ended with 1, without figures'],
    [
      'ends badly after its tests',
      "it('a', () => process.on('exit', () => process.kill(process.pid, 'SIGKILL')));",
      'ended with SIGKILL, though no test failed',
    ],
    ['holds no test', '', 'has no tests'],
  ];
  for (const [title, text, trouble] of broken)
    it(`of which one ${title}: that is a failure, and the others run`, async () => {
      const { figures } = await run(
        {
          together: [write('breaks', text), write('passes', "it('b', () => {});")],
        },
        1,
      );
      expect(figures.failed).to.equal(1);
      expect(figures.failures).to.deep.equal([`${nameOf('breaks')}: ${trouble}`]);
      expect(figures.passed).to.equal(title === 'ends badly after its tests' ? 2 : 1);
    });

  it('of which one hangs: it is killed in the end, and that is a failure', async () => {
    const { figures } = await run({ together: [write('hangs', "it('hangs', () => { for (;;); });")] }, 1, 3);
    expect(figures).to.include({ passed: 0, failed: 1 });
    expect(figures.failures).to.deep.equal([`${nameOf('hangs')}: did not end within 3 s, without figures`]);
  });

  it('run at the same time, and print one after the other', async () => {
    const meet = (own: string, other: string): string =>
      `import { meet } from '${meetingUrl}';
       it('meets ${other}', () => meet('${folder}', '${own}', '${other}'));`;
    const { figures, stdout } = await run({
      together: [write('one', meet('one', 'other')), write('other', meet('other', 'one'))],
    });
    expect(figures).to.include({ passed: 2, failed: 0 });
    expect(stdout)
      .to.match(/one begins\none ends/)
      .and.match(/other begins\nother ends/);
  });

  it('that run alone begin when all others have ended', async () => {
    const { figures } = await run({
      together: [
        write(
          'slow',
          `import { writeFileSync } from 'node:fs'; it('ends', () => writeFileSync('${folder}/slow.ended', ''));`,
        ),
      ],
      alone: [
        write(
          'alone',
          `import { statSync } from 'node:fs'; it('is last', () => void statSync('${folder}/slow.ended'));`,
        ),
      ],
    });
    expect(figures).to.include({ passed: 2, failed: 0 });
  });

  it('are killed with the run, which shows what they have said', async () => {
    const begun = path.join(folder, 'hangs.begun');
    const text = `import { hang } from '${meetingUrl}'; it('hangs', () => hang('${begun}'));`;
    const node = startNode(script({ together: [write('hangs', text)] }, 1), quiet);
    await until('it hangs', () => existsSync(begun), 20_000);
    node.kill('SIGTERM');
    const { code, stdout } = await node.ended;
    expect(code).to.equal(143);
    expect(stdout).to.match(/this one hangs\n-- .*hangs\.test\.js: not ended when SIGTERM came/);
    await until('it is gone', () => isGone(Number(readFileSync(begun, 'utf8'))));
  });

  function write(title: string, text: string): string {
    writeFileSync(path.join(folder, `${title}.test.js`), text);
    return nameOf(title);
  }

  function nameOf(title: string): string {
    return path.relative(at(''), path.join(folder, `${title}.test.js`));
  }
});

describe('the order of the test files', () => {
  it('names only files that there are', async () => {
    const source = `
      import { inOrder, isForEachNode, placed, ranOnce } from ${JSON.stringify(pathTo('test-order.mjs'))};
      say({ placed, ranOnce, again: ranOnce.filter(isForEachNode), order: inOrder(['x', ...placed.toReversed(), 'y']) });`;
    const { placed, ranOnce, again, order } = await runNodeForValue<Places>(source);
    expect([...placed, ...ranOnce].filter((file) => !existsSync(at(file)))).to.deep.equal([]);
    expect(again).to.deep.equal([]);
    expect(order.alone).to.deep.equal(['dist-test/probe/modes.test.js']);
    expect([...order.together, ...order.alone]).to.deep.equal([
      ...placed.slice(0, -1),
      'x',
      'y',
      placed.at(-1),
    ]);
  });
});

describe('a test file that is named by its source', () => {
  it('is the compiled one; all other arguments go to mocha as they are', async () => {
    const given = [
      'test/plan/encode.test.ts',
      './test/plan/encode.test.ts',
      'dist-test/x.test.js',
      '--grep',
      'test/',
    ];
    const source = `
      import { compiledTest } from ${JSON.stringify(pathTo('test-order.mjs'))};
      say(${JSON.stringify(given)}.map(compiledTest));`;
    expect(await runNodeForValue<string[]>(source)).to.deep.equal([
      'dist-test/plan/encode.test.js',
      'dist-test/plan/encode.test.js',
      ...given.slice(2),
    ]);
  });
});

interface Places {
  readonly placed: string[];
  readonly ranOnce: string[];
  readonly again: string[];
  readonly order: Required<Order>;
}

interface Order {
  readonly together: readonly string[];
  readonly alone?: readonly string[];
}

const meetingUrl = programUrl(import.meta.url, 'meeting').href;

/** What a test file of the run that tests us must not see. */
const quiet = { env: { FORKLESS_FULL_RUN: undefined, FORKLESS_TEST_FIGURES: undefined } };

function pathTo(name: string): string {
  return at(`scripts/lib/${name}`);
}

function script({ together, alone = [] }: Order, jobs: number, limitSeconds = 60): string {
  return `
    import { runFiles } from ${JSON.stringify(pathTo('test-files.mjs'))};
    const files = ${JSON.stringify({ together, alone, jobs, limitSeconds })};
    const figures = await runFiles({ ...files, node: process.execPath, env: {} });
    console.log(JSON.stringify(figures));`;
}

async function run(order: Order, jobs = 2, limitSeconds = 60): Promise<Run> {
  const { code, stdout, stderr } = await runNode(script(order, jobs, limitSeconds), quiet);
  expect(code, stderr).to.equal(0);
  return { figures: JSON.parse(stdout.trim().split('\n').at(-1) ?? ''), stdout };
}
