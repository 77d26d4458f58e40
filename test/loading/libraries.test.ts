// The programs of docs/libraries.md that use libraries, with the packed package: each does what stands below it, and every
// process is started by the engine; without the line in front, none is. What each library does in detail is compared in
// test/clients.
import { expect } from 'chai';
import { hasGit } from '../clients/git.js';
import { fileOnPage, outputOnPage } from '../docs/page.js';
import { INSTALL_TIMEOUT } from '../support/installed.js';
import { leaveOut, programAt } from './programs.js';
import { makeProject, modulesOf, type Project } from './projects.js';

const names = ['cross-spawn', 'execa', 'nano-spawn', 'simple-git', 'tinyexec', 'zx'];

/** Added to a program: how many processes the engine has started. */
const COUNT = `
const { features: ask } = await import('forkless');
console.log(Object.values(ask().rungs).reduce((sum, count) => sum + count, 0));
`;

describe('the programs of the page about libraries', function () {
  this.timeout(60_000);
  let project: Project;

  before(async function () {
    this.timeout(INSTALL_TIMEOUT);
    const missing = names.filter((name) => programAt(name) === undefined);
    if (missing.length > 0) leaveOut(this, missing.join(', '), null);
    if (!hasGit()) leaveOut(this, 'simple-git', 'there is no git');
    const links = names.map((name) => [name, `${modulesOf(name)}/${name}`]);
    project = await makeProject('libraries', Object.fromEntries(links));
  });

  for (const [file, starts] of [
    ['app.mjs', 6],
    ['zx-spawn.mjs', 2],
  ] as const) {
    it(`start every process by the engine: ${file}`, async () => {
      expect(await run(file, fileOnPage(file))).to.equal(`${outputOnPage(file)}${starts}\n`);
    });

    it(`start none by it without the lines that say so: ${file}`, async () => {
      const without = fileOnPage(file)
        .split('\n')
        .filter((line) => !line.includes('forkless/') && !line.startsWith('$.spawn'));
      expect(await run(file, without.join('\n'))).to.equal(`${outputOnPage(file)}0\n`);
    });
  }

  it('need no line with --import', async () => {
    const without = fileOnPage('app.mjs').replace(/^import 'forkless\/register';\n/, '');
    const flags = ['--import', 'forkless/register'];
    expect(await run('app.mjs', without, flags)).to.equal(`${outputOnPage('app.mjs')}6\n`);
  });

  async function run(file: string, text: string, flags: readonly string[] = []): Promise<string> {
    project.write(file, text + COUNT);
    // simple-git looks for git on PATH, and the one of the other tests has few programs
    return project.node([...flags, file], { env: { PATH: process.env['PATH'] ?? '' } });
  }
});
