import { posix } from 'node:path';
import { expect } from 'chai';
import { packedPackage } from '../support/packed.js';
import { deadLinksOf, linksOf } from './links.js';
import { docs, papers, read } from './markdown.js';

const index = 'docs/README.md';

describe('the links of the papers', () => {
  it('are looked for in every paper of the repository', () => {
    expect(papers).to.include.members([
      'README.md',
      'ARCHITECTURE.md',
      'SECURITY.md',
      'test/README.md',
      'docs/reference/forkless.md',
      ...docs,
    ]);
  });

  for (const file of papers) {
    it(`in ${file} lead to a file and a heading that are there`, () => {
      expect(deadLinksOf(file)).to.deep.equal([]);
    });
  }

  it('lead from the README to every page of docs/', () => {
    expect(targetsIn('README.md')).to.include.members(docs.filter((page) => page !== index));
  });

  it('lead from the index of docs/ to every page, and to the reference', () => {
    const pages = papers.filter((file) => file.startsWith('docs/') && file !== index);
    expect(targetsIn(index)).to.include.members(pages.filter((file) => !file.startsWith('docs/reference/')));
    expect(targetsIn(index)).to.include('docs/reference/README.md');
  });
});

describe('the papers in the package', function () {
  this.timeout(60_000);
  let files: readonly string[];

  before(() => {
    files = packedPackage().files;
  });

  it('are all for users, with their pictures', () => {
    expect(files).to.include.members(papers.filter((file) => /^(?:docs\/.*|[A-Z]+\.md)$/.test(file)));
  });

  it('link to nothing that is not in it', () => {
    const isThere = (target: string): boolean =>
      files.includes(target) || files.some((file) => file.startsWith(`${target.replace(/\/$/, '')}/`));
    const pages = files.filter((file) => file.endsWith('.md'));
    expect(pages).to.have.length.above(20);
    const dead = pages.flatMap((page) =>
      targetsIn(page)
        .filter((target) => target !== '.' && !isThere(target))
        .map((target) => `${page}: ${target}`),
    );
    expect(dead).to.deep.equal([]);
  });
});

describe('the search for dead links', () => {
  const text = `# One [page](https://example.org)

## Twice: \`once\`

## Twice: once

<a id="mark"></a>

\`[code](nowhere.md)\`

\`\`\`md
[a block](nowhere.md)
\`\`\`
`;

  function whyOf(link: string): string | undefined {
    return deadLinksOf('docs/errors.md', `${text}\n${link}\n`)[0]?.why;
  }

  it('passes what leads somewhere', () => {
    for (const link of [
      '[file](process.md)',
      '[heading](process.md#exitstatus)',
      '[up](../ARCHITECTURE.md#the-report-pipe "with a title")',
      '![picture](images/bench.svg)',
      '[here](#one-page)',
      '[the second](#twice-once-1)',
      '[mark](#mark)',
      '[host](https://example.org/page_(1))',
      '<https://example.org>',
      '[a folder](reference/)',
    ])
      expect(whyOf(link), link).to.equal(undefined);
  });

  it('finds what leads nowhere, and says why', () => {
    for (const [link, why] of [
      ['[file](missing.md)', 'leads to no file'],
      ['![picture](images/missing.svg)', 'leads to no file'],
      ['<img src="images/missing.svg" alt="">', 'leads to no file'],
      ['[named]\n\n[named]: missing.md', 'leads to no file'],
      ['[heading](process.md#missing)', 'leads to no heading'],
      ['[the third](#twice-once-2)', 'leads to no heading'],
      ['[upper case](process.md#ExitStatus)', 'leads to no heading'],
      ['[source](../package.json#L3)', 'has an anchor, but leads to no page'],
      ['[root](/docs/process.md)', 'starts from the root of something'],
      ['[out](../../elsewhere.md)', 'leaves the repository'],
      ['[built](../dist/index.js)', 'leads to what is not in a clone'],
      ['[plain](http://example.org)', 'is not https'],
      ['see http://example.org', 'is not https'],
      ['[mail](mailto:someone@example.org)', 'is not https'],
      ['[own](https://localhost/)', 'names no host of the open net'],
      ['[port](https://example.org:8080/)', 'has a user or a port'],
      ['[broken](https://)', 'is no address'],
    ] as const)
      expect(whyOf(link), link).to.equal(why);
  });
});

/** The files that a page links to, from the root of the repository. */
function targetsIn(file: string): string[] {
  return linksOf(read(file))
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => posix.join(posix.dirname(file), link.split('#')[0] ?? ''));
}
