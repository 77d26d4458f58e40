import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { at } from '../support/paths.js';
import { runNode } from '../support/run-node.js';
import { tempPath } from '../support/temp.js';
import { anchorsOf, docs, examplesOf, proseOf } from './markdown.js';

describe('the examples of the papers', () => {
  for (const { place, code, output } of ['README.md', ...docs].flatMap(examplesOf)) {
    it(`at ${place} ${output === undefined ? 'runs' : 'runs and prints what stands below it'}`, async () => {
      const cwd = tempPath('example');
      mkdirSync(cwd);
      const result = await runNode(code, { bare: true, cwd, deadlineMs: 20_000 });
      expect(result, result.stderr).to.include({ code: 0, signal: null });
      if (output !== undefined) expect(result.stdout).to.equal(output);
    });
  }
});

describe('the links of the papers', () => {
  const papers = readdirSync(at('')).filter((name) => name.endsWith('.md'));
  for (const file of [...papers, ...docs]) {
    it(`in ${file} lead to a file and a heading that are there`, () => {
      expect(linksOf(file).filter((link) => !isAlive(file, link))).to.deep.equal([]);
    });
  }

  it('lead from the README to every page of docs/', () => {
    expect(linksOf('README.md')).to.include.members([...docs]);
  });
});

/** Links to other hosts are not asked for: a test must not need the network. */
function linksOf(file: string): string[] {
  const links = Array.from(proseOf(file).matchAll(/\]\(([^)\s]+)\)/g), ([, link = '']) => link);
  return links.filter((link) => !/^[a-z]+:/.test(link));
}

function isAlive(file: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? file : join(dirname(file), path);
  return existsSync(at(target)) && (anchor === undefined || anchorsOf(target).has(anchor));
}
