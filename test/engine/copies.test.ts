import { expect } from 'chai';
import { runProgram } from '../support/program.js';

// A test runner that loads modules anew, or two bundles in one program: two copies of the library over one binary.
describe('two copies of the library in one program', () => {
  it('hear each of their own children', async () => {
    const ends = await runProgram(import.meta.url, 'copies');
    expect(ends).to.deep.equal(Array.from({ length: 40 }, (_, index) => index));
  });
});

describe('a program that closes a descriptor of the library', () => {
  it('still hears of the children that run, and of new ones', async () => {
    const codes = await runProgram(import.meta.url, 'closed-watcher');
    expect(codes).to.deep.equal([7, 8]);
  });
});
