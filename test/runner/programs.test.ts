import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { at } from '../support/paths.js';

describe('the programs that tests run', () => {
  const folders = readdirSync(at('test')).filter((name) => existsSync(at(`test/${name}/programs`)));

  it('are found', () => {
    expect(folders).to.include.members(['engine', 'posix']);
  });

  for (const folder of folders)
    it(`are each named by a test or by another program, in test/${folder}`, () => {
      const files = sourcesIn(`test/${folder}`);
      const unused = files
        .filter((file) => path.basename(path.dirname(file)) === 'programs')
        .filter((file) => !files.some((other) => other !== file && names(other, file)));
      expect(unused).to.deep.equal([]);
    });
});

function sourcesIn(folder: string): string[] {
  return readdirSync(at(folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.c?ts$/.test(name))
    .map((name) => `${folder}/${name}`);
}

/** By its name, wherever it stands as a word of its own: some put it into a list of cases. */
function names(other: string, file: string): boolean {
  const name = path.basename(file).replace(/\.c?ts$/, '');
  return new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(readFileSync(at(other), 'utf8'));
}
