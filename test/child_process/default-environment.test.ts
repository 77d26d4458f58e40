// What a child gets where no `env` is given, on each Node as that Node has it. The children tell the bytes that the
// kernel gave them.
import { expect } from 'chai';
import { envRun } from '../support/launchers.js';
import { sameProgram } from './oracle.js';

/** What execve takes, and process.env does not show, or not so: each alone, as one may hide another, and all. */
const oddities: Readonly<Record<string, readonly string[]>> = {
  'keys twice': ['T_TWICE=1', 'T_PLAIN=a', 'T_TWICE=2', 'T_EMPTY='],
  'entries without a key': ['T_TWICE=1', 'T_PLAIN=a', '=T_KEYLESS=1', 'T_EMPTY='],
  'entries without "="': ['T_TWICE=1', 'T_PLAIN=a', 'T_NONE', 'T_EMPTY='],
  'values that are no UTF-8': ['T_TWICE=1', 'T_PLAIN=a', 'T_BYTES=%FF%FEx', 'T_EMPTY='],
  'keys that are no UTF-8': ['T_TWICE=1', 'T_PLAIN=a', 'T_K%FFY=1', 'T_EMPTY='],
  'an entry of nothing': ['T_TWICE=1', 'T_PLAIN=a', '', 'T_EMPTY='],
};
const plain = envRun('T_TWICE=1', 'T_PLAIN=a', 'T_EMPTY=', 'T_BYTES=%C3%A4');
const odd = envRun(...new Set(Object.values(oddities).flat()));

describe('the default environment of a child', () => {
  for (const [what, entries] of Object.entries(oddities))
    sameProgram(
      `with ${what} is passed on as this Node reads it`,
      'environment-read',
      ({ stdout }) => {
        expect(stdout).to.match(/^absent: T_TWICE%3D1 T_PLAIN%3Da .*T_EMPTY%3D/);
        expect(stdout).to.not.match(/T_NONE/);
      },
      { launcher: envRun(...entries) },
    );

  for (const [what, launcher] of [
    ['that is plain', plain],
    ['that is odd in each way', odd],
  ] as const) {
    describe(what, () => {
      sameProgram(
        'is passed on as this Node reads it',
        'environment-read',
        ({ stdout }) => expect(stdout).to.match(/^absent: T_TWICE%3D1 T_PLAIN%3Da .*T_EMPTY%3D/),
        { launcher },
      );
      sameProgram(
        'is passed on by each function that starts a program',
        'environment-ways',
        ({ stdout }) => expect(stdout.match(/T_PLAIN%3Da/g)).to.have.length(6),
        { launcher },
      );
      sameProgram(
        'follows what the program changes',
        'environment-follows',
        ({ stdout }) => expect(stdout).to.match(/after: .*T_ADDED%3D%C3%A4\n/),
        { launcher },
      );
      sameProgram(
        'is what this Node makes of another object in the place of process.env',
        'environment-replaced',
        ({ stdout }) => expect(stdout).to.match(/^the original again: T_TWICE/m),
        { launcher },
      );
      sameProgram(
        'is that of the Worker in a Worker, and afterwards unchanged in the program',
        'environment-of-workers',
        ({ stdout }) => expect(stdout.match(/^the original again: /gm)).to.have.length(3),
        { launcher },
      );
    });
  }

  for (const change of ['changes', 'adds', 'takes away', 'replaces'])
    sameProgram(
      `is passed on as a replaced ChildProcess.prototype.spawn ${change} it`,
      'environment-changed-by-spawn',
      ({ stdout }) =>
        expect(stdout).to.match(/^changed: (?!T_TWICE%3D1 T_PLAIN%3Da T_EMPTY%3D T_BYTES%3D%C3%A4\n)/m),
      { launcher: plain, parameters: change },
    );

  sameProgram(
    'is read without a deprecation warning',
    'environment-deprecation',
    ({ stderr, code }) => {
      expect(stderr.match(/DEP0111/g)).to.have.length(1);
      expect(code).to.equal(1);
    },
    { nodeArgs: ['--pending-deprecation', '--throw-deprecation'] },
  );

  sameProgram('does not come from Object.prototype', 'environment-polluted', ({ stdout }) =>
    expect(stdout).to.match(/^replaced: (?!.*T_POLLUTED).*\nfalse\n$/),
  );

  sameProgram(
    'of an object with NODE_V8_COVERAGE has it after its own variables and before the inherited ones',
    'environment-coverage',
    ({ stdout }) =>
      expect(stdout).to.match(
        /^T_OWN: T_OWN%3D3 NODE_V8_COVERAGE%3D\/tmp\/parent T_INHERITED%3D1 T_LAST%3D2$/m,
      ),
  );
});
