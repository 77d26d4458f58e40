import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import { at } from '../support/paths.js';
import { read } from './markdown.js';
import { commandsOnPage, filesOnPage } from './page.js';

/** The tests that have the tools of the page. */
const tests = readdirSync(at('test/loading'))
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => read(`test/loading/${name}`));
const isTested = (name: string) => tests.some((text) => text.includes(`'${name}'`));

describe('the page about libraries and test runners', () => {
  it('has no file that no test takes from it', () => {
    expect(filesOnPage()).to.have.length.above(5);
    expect(filesOnPage().filter((name) => !isTested(name))).to.deep.equal([]);
  });

  it('has no command line that no test runs', () => {
    expect(commandsOnPage()).to.have.length.above(5);
    expect(commandsOnPage().filter((line) => !isTested(line))).to.deep.equal([]);
  });
});
