// Test runners over code that uses the packed package: what they load, mock and spy on, and the lines of
// docs/libraries.md that make all code use it. Each run has several checks; they ask the engine what it has started.
import { join } from 'node:path';
import { expect } from 'chai';
import { commandOnPage, fileOnPage } from '../docs/page.js';
import { INSTALL_TIMEOUT } from '../support/installed.js';
import { at } from '../support/paths.js';
import { leaveOut, programAt } from './programs.js';
import { copyWithDependencies, makeProject, modulesOf, type Project } from './projects.js';

/** What a program must be given to run as `npx` would run it. */
async function npx(
  project: Project,
  file: string,
  line: string,
  more: readonly string[] = [],
): Promise<string> {
  const { env, args } = commandOnPage(line);
  return project.node([file, ...args, ...more], { env });
}

for (const major of [29, 30])
  describe(`the packed package under jest ${major}`, function () {
    this.timeout(120_000);
    let project: Project;
    let jest: string;

    before(async function () {
      this.timeout(INSTALL_TIMEOUT);
      jest = programAt(`jest-${major}`) ?? '';
      if (jest === '') leaveOut(this, `jest ${major}`, null);
      project = await makeProject('jest', { '@babel': join(modulesOf('babel-commonjs'), '@babel') });
    });

    it('is required and imported, mocked and spied on, in its default mode', async () => {
      const { passed, files } = await checks('**/*.test.js', commandOnPage('npx jest').args);
      expect(files).to.equal(5);
      expect(passed).to.equal(37);
    });

    it('is what code gets that imports child_process, by NODE_OPTIONS', async () => {
      const { env } = commandOnPage('NODE_OPTIONS=--require=forkless/register npx jest');
      // In processes of its own.
      const args = ['--maxWorkers=2'];
      expect(await checks('**/{b,c}.registered.js', args, env)).to.deep.equal({ passed: 2, files: 2 });
    });

    it('is so by a set-up file, also once the test file that ran it first has ended', async () => {
      project.write('setup.config.js', fileOnPage('jest.config.js'));
      const args = ['--config', 'setup.config.js', '--runInBand', '--testSequencer', './sequencer.js'];
      expect(await checks('**/*.registered.js', args)).to.deep.equal({ passed: 3, files: 3 });
    });

    it('is what moduleNameMapper puts in the place of child_process', async () => {
      project.write('mapped.config.js', fileOnPage('mapped.jest.config.js'));
      expect(await checks('**/mapped.checks.js', ['--config', 'mapped.config.js'])).to.deep.equal({
        passed: 1,
        files: 1,
      });
    });

    it('has nothing open once its children have ended, for --detectOpenHandles', async () => {
      const { openHandles } = await run('**/spies.test.js', ['--detectOpenHandles']);
      expect(openHandles).to.deep.equal([]);
    });

    async function checks(pattern: string, args: readonly string[], env = {}) {
      const { numPassedTests, numTotalTests, numTotalTestSuites } = await run(pattern, args, env);
      expect(numPassedTests).to.equal(numTotalTests);
      return { passed: numPassedTests, files: numTotalTestSuites };
    }

    async function run(pattern: string, args: readonly string[], env = {}) {
      const more = ['--json', '--testMatch', pattern, '--cacheDirectory', join(project.folder, 'cache')];
      return JSON.parse(await project.node([jest, ...args, ...more], { env }));
    }
  });

describe('the packed package under vitest', function () {
  this.timeout(120_000);
  let project: Project;
  let vitest: string;

  before(async function () {
    this.timeout(INSTALL_TIMEOUT);
    vitest = programAt('vitest') ?? '';
    if (vitest === '') leaveOut(this, 'vitest', null);
    project = await makeProject('vitest', { vitest: join(modulesOf('vitest'), 'vitest') });
  });

  for (const pool of ['forks', 'threads']) {
    it(`is imported and mocked, in ${pool}`, async () => {
      expect(await checks('npx vitest run', '--pool', pool, '--dir', 'unit')).to.equal(6);
    });

    it(`is what code gets that imports node:child_process, by NODE_OPTIONS, in ${pool}`, async () => {
      const options = ['--pool', pool, '--dir', 'plain'];
      expect(await checks('NODE_OPTIONS=--import=forkless/register npx vitest run', ...options)).to.equal(1);
    });
  }

  it('is what code gets that imports node:child_process, by a set-up file', async () => {
    project.write('setup.config.mjs', fileOnPage('vitest.config.mjs'));
    const options = ['--config', 'setup.config.mjs', '--dir', 'plain'];
    expect(await checks('npx vitest run', ...options)).to.equal(1);
  });

  async function checks(line: string, ...more: string[]): Promise<number> {
    const said = await npx(project, vitest, line, ['--reporter', 'json', ...more]);
    const { numPassedTests, numTotalTests } = JSON.parse(said.slice(said.indexOf('{')));
    expect(numPassedTests).to.equal(numTotalTests);
    return numPassedTests;
  }
});

describe('the packed package under mocha', function () {
  this.timeout(120_000);
  const mocha = 'node_modules/mocha/bin/mocha.js';
  const files = ['--reporter', 'json', 'first.checks.cjs', 'second.checks.mjs'];
  let project: Project;

  before(async () => {
    project = await makeProject('mocha');
    copyWithDependencies('mocha', at('node_modules'), project);
  });

  it('is what code gets that requires or imports node:child_process, by --require', async () => {
    await expectBoth(await npx(project, mocha, 'npx mocha --require forkless/register', files));
  });

  it('is so in the processes of --parallel too', async () => {
    const line = 'npx mocha --require forkless/register';
    await expectBoth(await npx(project, mocha, line, ['--parallel', ...files]));
  });

  it('is so by a line in its configuration', async () => {
    project.write('.mocharc.json', fileOnPage('.mocharc.json'));
    await expectBoth(await project.node([mocha, ...files]));
  });

  function expectBoth(said: string): void {
    const { stats, passes } = JSON.parse(said);
    expect(stats).to.include({ passes: 2, failures: 0, pending: 0 });
    expect(passes.map(({ title }: { title: string }) => title)).to.have.members([
      'required: starts by the engine',
      'imported: starts by the engine',
    ]);
  }
});

describe('the packed package under node --test', function () {
  this.timeout(120_000);
  let project: Project;

  before(async () => {
    project = await makeProject('node-test');
  });

  it('has functions that mock.method replaces', async () => {
    expect(await passedOf(await project.node(['--test', ...TAP, 'methods.test.mjs']))).to.equal(2);
  });

  it('is replaced by mock.module', async function () {
    const node = programAt('node-24');
    if (node === undefined) leaveOut(this, 'mock.module (node-24)', null);
    const args = ['--experimental-test-module-mocks', '--test', ...TAP, 'module.test.mjs'];
    expect(await passedOf(await project.program(node ?? '', args))).to.equal(1);
  });

  it('is what code gets that imports node:child_process, by --import', async () => {
    const { args } = commandOnPage('node --import forkless/register --test');
    const env = { REGISTERED: '1' };
    expect(await passedOf(await project.node([...args, ...TAP, 'plain.test.mjs'], { env }))).to.equal(1);
  });

  const TAP = ['--test-reporter', 'tap'];

  async function passedOf(tap: string): Promise<number> {
    expect(tap)
      .to.match(/^# fail 0$/m)
      .and.match(/^# skipped 0$/m);
    return Number(/^# pass (\d+)$/m.exec(tap)?.[1]);
  }
});
