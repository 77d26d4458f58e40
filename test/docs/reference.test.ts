import { expect } from 'chai';
import { papers, read } from './markdown.js';

const pages = papers.filter((file) => file.startsWith('docs/reference/'));

/** Whether it is what the docstrings give is asked by `npm run docs -- --check`, which needs typedoc. */
describe('the API reference', () => {
  it('has a heading for everything that the package exports', () => {
    expect(headingsOf('docs/reference/forkless.md')).to.include.members(exportedBy('lib/index.ts'));
    expect(headingsOf('docs/reference/forkless.child_process.md')).to.include.members(
      exportedBy('lib/child_process/index.ts'),
    );
    expect(headingsOf('docs/reference/forkless.cgroup.md')).to.include.members(
      exportedBy('lib/cgroup/index.ts'),
    );
    expect(headingsOf('docs/reference/forkless.service.md')).to.include.members(
      exportedBy('lib/service/index.ts'),
    );
  });

  it('names no place of a machine, no line of a source and no day', () => {
    expect(pages).to.have.length(5);
    for (const page of pages)
      expect(read(page), page).to.not.match(/\/(?:home|root|tmp|work)\/|file:\/\/|\.ts:\d|\b20\d\d-\d\d/);
  });

  it('is made by packages whose lock file holds no addresses', () => {
    const lock: unknown = JSON.parse(read('scripts/typedoc/package-lock.json'));
    expect(lock).to.have.property('lockfileVersion', 3);
    expect(JSON.stringify(lock)).to.not.match(/"resolved"/);
  });
});

function headingsOf(page: string): string[] {
  return Array.from(read(page).matchAll(/^## (\w+)/gm), ([, name = '']) => name);
}

/** Comments hold examples, with imports of their own. */
function exportedBy(file: string): string[] {
  const source = read(file).replace(/\/\*.*?\*\//gs, '');
  const lists = Array.from(source.matchAll(/^export (?:type |let )?\{([^}]*)\}/gm), ([, list = '']) => list);
  const names = lists.flatMap((list) => list.split(',')).map((name) => name.trim());
  expect(names).to.have.length.greaterThan(5);
  return names.filter((name) => /^\w+$/.test(name));
}
