import { expect } from 'chai';
import { attributes } from '#lib/attributes/index.js';
import { at } from '../support/paths.js';
import { docs, examplesOf, read, sources } from './markdown.js';

interface Tables {
  readonly pages: readonly string[];
  readonly withAttributeTables: (text: string, list: typeof attributes) => string;
}

describe('the tables of the attributes in docs/', () => {
  let tables: Tables;

  before(async () => {
    tables = (await import(at('scripts/lib/attribute-tables.mjs'))) as Tables;
  });

  it('are what lib/attributes gives (npm run docs)', () => {
    for (const page of tables.pages)
      expect(tables.withAttributeTables(read(page), attributes), page).to.equal(read(page));
  });

  it('leave no attribute without an example that a test runs', () => {
    const code = ['README.md', ...docs, ...sources]
      .flatMap(examplesOf)
      .map((example) => example.code)
      .join('\n');
    const without = attributes.filter(({ name }) => !new RegExp(`\\b${name}\\b`).test(code));
    expect(without.map(({ name }) => name)).to.deep.equal([]);
  });

  it('have a row for every attribute, in the order of the index', () => {
    const rows = (name: string) => {
      const [, block = ''] =
        new RegExp(`<!-- attributes:${name} -->([^]*?)<!-- /`).exec(tables.pages.map(read).join('\n')) ?? [];
      return Array.from(block.matchAll(/^\| `(\w+)` \|/gm), ([, option]) => option);
    };
    const having = (door: 'posix' | 'dropIn') =>
      attributes.filter(({ doors }) => doors[door] === 'own').map(({ name }) => name);
    expect(rows('all')).to.deep.equal(attributes.map(({ name }) => name));
    expect(rows('posix-spawn')).to.deep.equal(having('posix'));
    expect(rows('elsewhere')).to.deep.equal(
      attributes.filter(({ like }) => Object.keys(like).length > 0).map(({ name }) => name),
    );
    expect(rows('drop-in')).to.deep.equal(having('dropIn'));
  });
});
