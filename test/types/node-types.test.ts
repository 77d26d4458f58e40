import path from 'node:path';
import { expect } from 'chai';
import { Consumer, programs } from '../support/consumer.js';
import { INSTALL_TIMEOUT, installed } from '../support/installed.js';
import { wantedModule } from '../support/node-overloads.js';

const options = { module: 'nodenext' };
/** With the types of Node 20.19.0, whose own https.d.ts is an error for TypeScript 6 and later. */
const OLDEST = 'node-types-20.19.0';

describe('the types of the package, beside another @types/node', function () {
  this.timeout(120_000);
  let folders: ReadonlyMap<string, string>;

  before(function () {
    this.timeout(INSTALL_TIMEOUT);
    folders = installed('types-of-node');
  });

  for (const name of ['20.19.0', '20', '22', '24', '25', 'newest'].map(
    (version) => `node-types-${version}`,
  )) {
    it(`accept and refuse the same: ${name}`, function () {
      const consumer = consumerWith(name) ?? this.skip();
      expect(ours(consumer.complaints(programs.modules, { options }), name)).to.equal('');
    });

    it(`have each overload of Node's, and what it returns has our fields: ${name}`, function () {
      const consumer = consumerWith(name) ?? this.skip();
      const { overloads, withOptions, text } = wantedModule(
        path.join(folders.get(name) ?? '', 'child_process.d.ts'),
      );
      // Of 7 functions, and of 2 promise forms.
      expect(overloads).to.be.at.least(60);
      expect(withOptions).to.be.at.least(35);
      const wanted = consumer.write('wanted.d.ts', text);
      const question = (module: string): string =>
        `import childProcess from '${module}';
         import type wanted from 'wanted';
         type Functions = Omit<typeof wanted, 'ChildProcess'>;
         childProcess satisfies { [Name in keyof Functions]: unknown };
         childProcess satisfies Functions;
         import type { TakesWrong } from 'wanted';
         false satisfies TakesWrong[number];
         true satisfies false extends TakesWrong[number] ? true : false;
         // @ts-expect-error none takes a wrong value
         true satisfies TakesWrong[number];`;
      const program = consumer.write('ours.ts', question('forkless/child_process'));
      expect(ours(consumer.complaints([program, wanted], { options }), name)).to.equal('');
      // The question is one that can be answered by no: Node's own functions return no such fields.
      const control = consumer.write('theirs.ts', question('node:child_process'));
      expect(consumer.complaints([control, wanted], { options })).to.contain('theirs.ts(5,23): error TS1360');
    });
  }

  function consumerWith(name: string): Consumer | undefined {
    const folder = folders.get(name);
    if (folder !== undefined) return new Consumer(folder);
    console.error(`      NOT TESTED: scripts/install.mjs could not install ${name}`);
    return undefined;
  }

  /** Without the complaints about the file of the oldest @types/node that is wrong by itself. */
  function ours(complaints: string, name: string): string {
    if (name !== OLDEST) return complaints;
    return complaints.replace(/^\S*\/https\.d\.ts\(\d+,\d+\): error TS2320: .*\n(?: .*\n)*/m, '');
  }
});
