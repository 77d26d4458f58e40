import { expect } from 'chai';
import { binding } from '#lib/binding.js';
import { LAYOUT_VERSION } from '#lib/plan/encode.js';
import { stageTable, stepTable } from '#lib/plan/vocabulary.js';
import { planHeader } from './plan-header.js';

describe('the layout of a plan', () => {
  const pairs = (table: readonly { name: string; syscall: string }[]) =>
    table.map(({ name, syscall }) => [name, syscall]);

  it('has the version that the loaded binary speaks', () => {
    expect(binding().layout().version).to.equal(LAYOUT_VERSION);
    expect(planHeader.layout).to.equal(LAYOUT_VERSION);
  });

  it('numbers the steps, and after them the stages, as the loaded binary does', () => {
    const { steps, operations } = binding().layout();
    expect(steps).to.equal(stepTable.length);
    expect(operations.slice(0, steps)).to.deep.equal(pairs(stepTable));
    expect(operations.slice(steps)).to.deep.equal(pairs(stageTable));
  });

  it('numbers them as the source in C does', () => {
    expect(pairs(planHeader.steps)).to.deep.equal(pairs(stepTable));
    expect(pairs(planHeader.stages)).to.deep.equal(pairs(stageTable));
  });

  it('gives each step and stage a name of its own, execve the last of the steps', () => {
    const names = [...stepTable, ...stageTable].map(({ name }) => name);
    expect(new Set(names).size).to.equal(names.length);
    expect(stepTable.at(-1)?.name).to.equal('execve');
  });
});
