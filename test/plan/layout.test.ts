import { expect } from 'chai';
import { binding } from '#lib/binding.js';
import { LAYOUT_VERSION } from '#lib/plan/encode.js';
import { stageTable, stepTable } from '#lib/plan/vocabulary.js';
import type { Layout } from '#lib/record.js';
import { FIGURE, KIND, layoutFault, PLACE, RECORD_SIZE } from '#lib/record.js';
import { runNodeForValue } from '../support/run-node.js';
import { planHeader } from './plan-header.js';

describe('the layout of a plan', () => {
  const pairs = (table: readonly { name: string; syscall: string }[]) =>
    table.map(({ name, syscall }) => [name, syscall]);

  it('has the version that the loaded binary speaks', () => {
    expect(binding().layout().version).to.equal(LAYOUT_VERSION);
    expect(planHeader.layout).to.equal(LAYOUT_VERSION);
  });

  it('numbers the steps, and after them the stages, as the source in C does', () => {
    expect(pairs(planHeader.steps)).to.deep.equal(pairs(stepTable));
    expect(pairs(planHeader.stages)).to.deep.equal(pairs(stageTable));
  });

  it('gives each step and stage a name of its own, execve the last of the steps', () => {
    const names = [...stepTable, ...stageTable].map(({ name }) => name);
    expect(new Set(names).size).to.equal(names.length);
    expect(stepTable.at(-1)?.name).to.equal('execve');
  });
});

describe('the names that C and TypeScript share by position', () => {
  const lists = ['steps', 'stages', 'kinds', 'record', 'usage'] as const;

  it('are those of the loaded binary, in its order', () => {
    const { steps, stages, kinds, record, usage } = binding().layout();
    const operations = (text: string) => words(text).map((word) => word.split('='));
    expect(operations(steps)).to.deep.equal(stepTable.map(({ name, syscall }) => [name, syscall]));
    expect(operations(stages)).to.deep.equal(stageTable.map(({ name, syscall }) => [name, syscall]));
    expect(words(kinds)).to.deep.equal(inOrder(KIND));
    expect([...words(record), 'usage']).to.deep.equal(inOrder(PLACE));
    expect(words(usage)).to.deep.equal(inOrder(FIGURE));
    expect(RECORD_SIZE).to.equal(words(record).length + words(usage).length);
    expect(layoutFault(binding().layout())).to.equal(null);
  });

  it('a binary with another list is refused: a name more, less, changed, or in another place', () => {
    const own = binding().layout();
    for (const list of lists) {
      const names = words(own[list]);
      const others = [
        [...names, 'more'],
        names.slice(0, -1),
        names.with(-1, `${names.at(-1)}s`),
        [...names.slice(1, 2), ...names.slice(0, 1), ...names.slice(2)],
      ];
      for (const other of others)
        expect(layoutFault({ ...own, [list]: `${other.join(' ')} ` })).to.equal(
          `has other names in its list of ${list} than this library`,
        );
    }
  });

  it('a binary from before it said its names is refused', () => {
    const before = { version: LAYOUT_VERSION, steps: stepTable.length, recordSize: RECORD_SIZE };
    expect(layoutFault(before as unknown as Layout)).to.match(/^has other names in its list of steps /);
  });

  for (const [part, said, fault] of [
    ['version', '1', `speaks plan layout 1, this library ${LAYOUT_VERSION}`],
    ...lists.map(
      (list) => [list, 'pid ', `has other names in its list of ${list} than this library`] as const,
    ),
  ] as const)
    it(`where they differ in ${part}, nothing is started, and the error says why`, async () => {
      const { reason, ...rest } = await runNodeForValue<{ reason: string }>(
        new URL('./other-binary.js', import.meta.url),
        { args: [part, said], bare: true },
      );
      expect(reason).to.match(/^its binary cannot be loaded: \/.*\.node .*; install the package again/);
      expect(reason).to.include(` ${fault};`);
      expect(rest).to.deep.equal({ backend: null, code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' });
    });
});

function words(list: string): string[] {
  expect(list).to.match(/^(?:[\w=-]+ )+$/);
  return list.trimEnd().split(' ');
}

/** The names of a table whose values count from 0. */
function inOrder(table: Readonly<Record<string, number>>): string[] {
  const names = Object.keys(table).sort((one, other) => (table[one] ?? 0) - (table[other] ?? 0));
  expect(names.map((name) => table[name])).to.deep.equal([...names.keys()]);
  return names;
}
