import { expect } from 'chai';
import { attributes } from '#lib/attributes/index.js';
import { at } from '../support/paths.js';
import { read } from './markdown.js';

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
    expect(rows('drop-in')).to.deep.equal(having('dropIn'));
  });
});
