import { expect } from 'chai';
import { searchPath } from '#lib/plan/path-search.js';
import { printPlan } from '#lib/plan/print.js';
import type { Bytes } from '#lib/plan/vocabulary.js';

const LONGEST = 4095; // PATH_MAX without its NUL

describe('searchPath', () => {
  const cases: [title: string, file: Bytes, path: string, candidates: Bytes[]][] = [
    ['each element in its order', 'ls', '/usr/bin:/bin', ['/usr/bin/ls', '/bin/ls']],
    ['one element', 'ls', '/bin', ['/bin/ls']],
    ['an element that ends in a slash', 'ls', '/bin/:/', ['/bin/ls', '/ls']],
    ['a relative element', 'ls', 'bin:./x', ['bin/ls', './x/ls']],
    ['an empty element is the working directory, first', 'ls', ':/bin', ['ls', '/bin/ls']],
    ['an empty element in the middle', 'ls', '/a::/b', ['/a/ls', 'ls', '/b/ls']],
    ['an empty element at the end', 'ls', '/bin:', ['/bin/ls', 'ls']],
    ['an empty PATH is one empty element', 'ls', '', ['ls']],
    ['a colon alone is the working directory', 'ls', ':', ['ls']],
    [
      'an element that comes again is tried once, at its first place',
      'ls',
      '/bin:/a::/bin:/a/::/b',
      ['/bin/ls', '/a/ls', 'ls', '/b/ls'],
    ],
    ['a name with a slash is not searched', './ls', '/bin', ['./ls']],
    ['a slash anywhere counts', 'a/', '/bin', ['a/']],
    ['an absolute name', '/x/ls', '/bin', ['/x/ls']],
    ['an empty name is not searched: it must be ENOENT, not a directory', '', '/bin:/usr/bin', ['']],
    ['a dot is a name', '.', '/bin', ['/bin/.']],
    ['blanks and quotes are parts of names', 'a b', '/my dir:"/q"', ['/my dir/a b', '"/q"/a b']],
    ['bytes', Uint8Array.of(0x66, 0xff), '/é:', [bytes('/é/', 0x66, 0xff), bytes('', 0x66, 0xff)]],
    ['bytes with a slash', Uint8Array.of(0x2f, 0xff), '/bin', [Uint8Array.of(0x2f, 0xff)]],
  ];
  for (const [title, file, path, candidates] of cases)
    it(title, () => expect(searchPath(file, path).map(plain)).to.deep.equal(candidates.map(plain)));

  it('200 elements', () => {
    const elements = Array.from({ length: 200 }, (_, index) => `/d${index}`);
    expect(searchPath('ls', elements.join(':'))).to.deep.equal(elements.map((element) => `${element}/ls`));
  });

  it('passes over an element that makes a path too long, measured in bytes', () => {
    const fits = `/${'é'.repeat((LONGEST - 4) / 2)}`; // with "/ls" and the first slash exactly the longest
    expect(Buffer.byteLength(`${fits}/ls`)).to.equal(LONGEST - 1);
    expect(searchPath('ls', `${fits}:${fits}xx:/bin`)).to.deep.equal([`${fits}/ls`, '/bin/ls']);
    expect(searchPath('lsx', fits)).to.deep.equal([`${fits}/lsx`]);
  });

  it('never looks into the working directory because all elements are too long', () => {
    expect(searchPath('ls', `/${'x'.repeat(LONGEST)}`)).not.to.include('ls');
  });

  it('leaves a name that is itself too long to the kernel', () => {
    const name = 'x'.repeat(LONGEST + 1);
    expect(searchPath(name, '/bin').some((candidate) => candidate.length >= name.length)).to.equal(true);
  });

  it('prints as one step for each candidate, after the mask', () => {
    const plan = {
      steps: searchPath('ls', '/a::/b').map((path) => ({ op: 'execve', path }) as const),
      argv: ['ls'],
      env: [],
      sigdefault: 0n,
      sigignore: 0n,
      sigmask: 0n,
      privateMemory: false,
      shellScripts: false,
      onlyNamed: false,
      mainParent: false,
    };
    expect(printPlan(plan).split('\n')).to.deep.equal([
      'signal mask: empty',
      '1. execve "/a/ls"',
      '2. execve "ls"',
      '3. execve "/b/ls"',
      'argv: "ls"',
      'env: 0 variables',
      '',
    ]);
  });
});

function bytes(prefix: string, ...rest: number[]): Bytes {
  return Buffer.concat([Buffer.from(prefix), Buffer.from(rest)]);
}

/** Bytes as such compare by their class too. */
function plain(candidate: Bytes): string | number[] {
  return typeof candidate === 'string' ? candidate : Array.from(candidate);
}
