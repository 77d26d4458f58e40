import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { examplesOf } from '../docs/markdown.js';
import { Consumer, programs } from '../support/consumer.js';
import { at } from '../support/paths.js';

const entries = ['', '/cgroup', '/child_process', '/register', '/service'].map((name) => `forkless${name}`);

describe('the types of the package, in a program outside', function () {
  this.timeout(120_000);
  let consumer: Consumer;

  before(() => {
    consumer = new Consumer();
  });

  for (const options of [
    { module: 'nodenext' },
    { module: 'node20' },
    { module: 'node18' },
    { module: 'node16' },
    { module: 'esnext', moduleResolution: 'bundler' },
    { module: 'preserve' },
  ])
    it(`accept and refuse what they should in ES modules: ${Object.values(options).join(', ')}`, () => {
      expect(consumer.complaints(programs.modules, { options })).to.equal('');
    });

  for (const options of [
    { module: 'nodenext' },
    { module: 'node20' },
    { module: 'node18' },
    { module: 'node16' },
    { module: 'preserve' },
    { module: 'commonjs', moduleResolution: 'bundler' },
  ])
    it(`accept and refuse what they should by require: ${Object.values(options).join(', ')}`, () => {
      expect(consumer.complaints(programs.required, { options })).to.equal('');
    });

  it('are refused where TypeScript refuses that of any package', () => {
    const required = consumer.write('of-any.cts', "import all = require('forkless');\nall.features();\n");
    const bundler = { module: 'esnext', moduleResolution: 'bundler' };
    expect(consumer.complaints([required], { options: bundler })).to.contain('of-any.cts(1,1): error TS1202');
    const imported = consumer.write('import.cts', "import { features } from 'forkless';\nfeatures();\n");
    const verbatim = { module: 'nodenext', verbatimModuleSyntax: true };
    expect(consumer.complaints([imported], { options: verbatim })).to.contain(
      'import.cts(1,10): error TS1286',
    );
  });

  it('are there by import() and for types alone under node16, in CommonJS too', () => {
    const file = consumer.write(
      'imported.cts',
      `import type { Process } from 'forkless' with { 'resolution-mode': 'import' };
       export const start = async (): Promise<Process> => (await import('forkless')).posixSpawn('/bin/true', ['true']);
       export const spawn = async () => (await import('forkless/child_process')).spawn('true').pid satisfies number | undefined;
       export const register = () => import('forkless/register');`,
    );
    expect(consumer.complaints([file], { options: { module: 'node16' } })).to.equal('');
  });

  it('are no "any", and leave out what is internal', () => {
    const file = consumer.write(
      'strict.ts',
      entries
        .map(
          (entry, index) => `import * as all${index} from '${entry}';
            // @ts-expect-error every name is known
            export const none${index} = all${index}.noSuchName;`,
        )
        .join('\n'),
    );
    expect(consumer.complaints([file], { options: { module: 'nodenext' } })).to.equal('');
    const inner = consumer.write(
      'inner.ts',
      `import { binding } from 'forkless/dist/binding.js';\nbinding();\n`,
    );
    expect(consumer.complaints([inner], { options: { module: 'nodenext' } })).to.include('TS2307');
  });

  it('accept the examples of the README as strict TypeScript', () => {
    const files = examplesOf('README.md').map(({ code }, index) =>
      consumer.write(`readme-${index}.mts`, code),
    );
    expect(files).to.not.deep.equal([]);
    expect(consumer.complaints(files, { options: { module: 'nodenext' } })).to.equal('');
  });

  it('are as the documentation says: each sentence of sentences.ts stands on its page', () => {
    const program = readFileSync(at('test/types/sentences.ts'), 'utf8');
    const sentences = [...program.matchAll(/^ *\/\/ (\S+\.md): (.*(?:\n *\/\/ {3}.*)*)$/gm)];
    expect(sentences).to.have.length.above(40);
    const gone = sentences
      .map(([, page = '', text = '']) => ({ page, text: asOneLine(text.replace(/^ *\/\/ {3}/gm, '')) }))
      .filter(({ page, text }) => !asOneLine(readFileSync(at(page), 'utf8')).includes(text));
    expect(gone).to.deep.equal([]);
  });

  it('are looked at by this test at all: a wrong program is complained of', () => {
    const file = consumer.write('wrong.ts', 'export const wrong: number = "text";');
    expect(consumer.complaints([file], { options: { module: 'nodenext' } })).to.contain('TS2322');
  });
});

function asOneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
