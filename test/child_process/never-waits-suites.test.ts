// The tests of the drop-in once more, over starts that do not wait: every program that is there is taken for one that was
// exec'ed before. Whether these starts really return before exec is asked by never-waits-known.test.ts.
import { spawn } from 'node:child_process';
import { expect } from 'chai';
import { at } from '../support/paths.js';
import { slowness } from '../support/slowness.js';
import { gather } from './event-log.js';
import { certain } from './never-waits.js';

// Not: `errors`, where an exec fails that is certain then; `certain` and `pidfd-reused`, which count on the wait; and
// those that take long and do not ask what a start does.
const files = [
  'abort',
  'events',
  'exec-output',
  'exit-after-data',
  'fields',
  'ipc',
  'ipc-handles',
  'kill',
  'more-descriptors',
  'oracle',
  'seen-by-child',
  'start-and-end',
  'stdio',
  'stdio-streams',
  'timers',
];

const MINUTES = 60_000;

describe('a start that does not wait', function () {
  this.timeout(6 * MINUTES * slowness);

  it(`passes the tests of ${files.join(', ')}`, async () => {
    const child = spawn(
      process.execPath,
      [
        at('node_modules/mocha/bin/mocha.js'),
        '--no-color',
        ...files.map((file) => at(`dist-test/child_process/${file}.test.js`)),
      ],
      {
        cwd: at(''),
        stdio: ['ignore', 'pipe', 'pipe'],
        // The figures of the whole run are not its own.
        env: { ...process.env, ...certain, FORKLESS_TEST_FIGURES: undefined },
      },
    );
    const [stdout, stderr] = [gather(child.stdout), gather(child.stderr)];
    const code = await new Promise((resolve) => child.on('close', (...end) => resolve(end.join(' '))));
    const failures = stdout().slice(stdout().search(/^ +\d+ passing/m));
    expect(code, failures + stderr()).to.equal('0 ');
    expect(Number(/(\d+) passing/.exec(failures)?.[1])).to.be.above(300);
  });
});
