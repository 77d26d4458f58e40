// Programs in TypeScript that use the packed package, run by ts-node (CommonJS, with its check of types) and by tsx.
import { expect } from 'chai';
import { commandOnPage } from '../docs/page.js';
import { INSTALL_TIMEOUT } from '../support/installed.js';
import { leaveOut, programAt } from './programs.js';
import { makeProject, modulesOf, type Project } from './projects.js';

const chosen = {
  code: 3,
  text: 'text\n',
  same: true,
  posix: 4,
  starts: 3,
  dropIn: { backend: 'forkless', reason: null },
};
const plain = { text: 'text\n', status: 3, code: 4, starts: 3 };

describe('the packed package under ts-node', function () {
  this.timeout(120_000);
  let project: Project;
  let tsNode: string;

  before(async function () {
    this.timeout(INSTALL_TIMEOUT);
    tsNode = programAt('ts-node') ?? '';
    if (tsNode === '') leaveOut(this, 'ts-node', null);
    const modules = modulesOf('ts-node');
    project = await makeProject('ts-node', {
      typescript: `${modules}/typescript`,
      '@types': `${modules}/@types`,
      'undici-types': `${modules}/undici-types`,
    });
  });

  it('is imported and required by code that becomes CommonJS, with its types', async () => {
    expect(JSON.parse(await project.node([tsNode, 'chosen.ts']))).to.deep.equal(chosen);
  });

  it('is what code gets that imports child_process, by --require', async () => {
    const { args } = commandOnPage('npx ts-node --require forkless/register app.ts');
    const line = [tsNode, ...args.slice(0, -1), 'plain.ts'];
    expect(JSON.parse(await project.node(line))).to.deep.equal(plain);
  });
});

describe('the packed package under tsx', function () {
  this.timeout(120_000);
  let project: Project;
  let tsx: string;

  before(async function () {
    this.timeout(INSTALL_TIMEOUT);
    tsx = programAt('tsx') ?? '';
    if (tsx === '') leaveOut(this, 'tsx', null);
    project = await makeProject('tsx');
  });

  for (const [kind, name] of [
    ['CommonJS', 'cts'],
    ['an ES module', 'mts'],
  ]) {
    it(`is imported by ${kind}`, async () => {
      expect(JSON.parse(await project.node([tsx, `chosen.${name}`]))).to.deep.equal(chosen);
    });

    it(`is what ${kind} gets that imports child_process, by --import`, async () => {
      const { args } = commandOnPage('npx tsx --import forkless/register app.ts');
      const line = [tsx, ...args.slice(0, -1), `plain.${name}`];
      expect(JSON.parse(await project.node(line))).to.deep.equal(plain);
    });
  }

  it('is so by an import in the first line', async () => {
    expect(JSON.parse(await project.node([tsx, 'first-line.mts']))).to.deep.equal(plain);
  });
});
