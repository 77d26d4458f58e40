// Programs that a bundler has made one file of: with the packed package left out, and with it inside, where it cannot
// work but must say why.
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { commandOnPage, fileOnPage } from '../docs/page.js';
import { INSTALL_TIMEOUT } from '../support/installed.js';
import { leaveOut, programAt } from './programs.js';
import { makeProject, modulesOf, type Project } from './projects.js';

const works = {
  posix: 4,
  code: 3,
  text: 'text\n',
  same: true,
  starts: 3,
  backend: 'forkless',
  reason: null,
};
const BUNDLED = 'it has been put into a bundle; mark forkless as external';
const formats = [
  { format: 'cjs', extension: 'cjs' },
  { format: 'esm', extension: 'mjs' },
] as const;

for (const tool of ['webpack', 'esbuild', 'rollup'])
  describe(`the packed package and ${tool}`, function () {
    this.timeout(INSTALL_TIMEOUT);
    let project: Project;

    before(async function () {
      this.timeout(INSTALL_TIMEOUT);
      if (programAt(tool) === undefined) leaveOut(this, tool, null);
      const modules = modulesOf(tool);
      const links = [tool, '@rollup'].map((name) => [name, join(modules, name)]);
      project = await makeProject('bundlers', Object.fromEntries(links));
      for (const file of ['webpack.config.mjs', 'rollup.config.mjs']) project.write(file, fileOnPage(file));
    });

    for (const { format, extension } of formats)
      describe(`(${format})`, () => {
        const out = (name: string) => join(project.folder, 'out', `${name}.${extension}`);

        before(async () => {
          await project.node(['build.mjs', tool, format], { timeout: 240_000 });
        });

        it(`works where it is left out of the bundle`, async () => {
          expect(JSON.parse(await project.node([out('external')]))).to.deep.equal(works);
        });

        // A folder without node_modules above it, as a bundle is deployed; and beside the package itself.
        for (const place of ['alone', 'beside the package'])
          it(`says in a bundle what is wrong, and starts by Node's functions (${place})`, async () => {
            const file = out('bundled');
            const said = JSON.parse(await project.node([place === 'alone' ? moveAway(file) : file]));
            expect(said).to.deep.include({ code: 3, text: 'text\n', same: true, starts: 0, backend: 'node' });
            expect(said.posix).to.deep.equal({
              code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM',
              reason: BUNDLED,
            });
            expect(said.reason).to.equal(BUNDLED);
          });

        it(`replaces nothing where forkless/register is in a bundle`, async () => {
          const said = JSON.parse(await project.node([moveAway(out('registered'))]));
          expect(said).to.deep.equal({ text: 'text\n', starts: 0, backend: 'node', reason: BUNDLED });
        });
      });

    function moveAway(file: string): string {
      const folder = `${project.folder}-away`;
      mkdirSync(folder, { recursive: true });
      const target = join(folder, file.slice(file.lastIndexOf('/') + 1));
      copyFileSync(file, target);
      return target;
    }
  });

describe('the packed package and esbuild on the command line', function () {
  this.timeout(120_000);

  it('works where flags leave it out', async function () {
    this.timeout(INSTALL_TIMEOUT);
    if (programAt('esbuild') === undefined) leaveOut(this, 'esbuild', null);
    const project = await makeProject('bundlers');
    const { args } = commandOnPage(
      'npx esbuild app.js --bundle --platform=node --format=esm --external:forkless --external:forkless/* --outfile=out.mjs',
    );
    await project.node([join(programAt('esbuild') ?? '', 'bin/esbuild'), ...args]);
    expect(JSON.parse(await project.node(['out.mjs']))).to.deep.equal(works);
  });
});
