// What a child gets where no `env` is given, on each Node as that Node has it. The children tell the bytes that the
// kernel gave them.
import { expect } from 'chai';
import { envRun } from '../support/launchers.js';
import { sameScript } from './oracle.js';

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

const tell = `
  const own = (bytes) => bytes.toString('latin1').split('\\0').filter((entry) => /^(=?T_|NODE_V8_COVERAGE)/.test(entry)).map(escape).join(' ');
  const seen = (options) => {
    try {
      const { stdout, error } = cp.spawnSync('cat', ['/proc/self/environ'], options);
      return error ? error.code : own(stdout);
    } catch ({ name, code, message }) {
      return [name, code, message].join();
    }
  };
  const show = (what, options) => console.log(what + ':', seen(options));`;

const readings = `${tell}
  show('absent');
  for (const env of [undefined, null, false, '', process.env, { ...process.env }, {}]) show('given', { env });`;

/** Everything that may stand in the place of process.env. */
const replaced = `
  const original = process.env;
  const objects = {
    'an object': { T_OTHER: '1', PATH: original.PATH },
    'an empty one': {},
    'one that inherits': Object.create({ T_INHERITED: '1', PATH: original.PATH }, { T_OWN: { value: '2', enumerable: true } }),
    'one that inherits from the original': Object.create(original),
    'a proxy': new Proxy(original, {}),
    'a virtual one': new Proxy({}, { ownKeys: () => ['T_VIRTUAL'], get: (_, key) => key === 'T_VIRTUAL' ? 'yes' : undefined, getOwnPropertyDescriptor: () => ({ value: 'yes', enumerable: true, configurable: true }) }),
    'one of another directory': { T_OTHER: '1', PATH: '/no/such' },
    'one that inherits what gathers coverage': Object.create({ NODE_V8_COVERAGE: '/tmp/T_', T_INHERITED: '1' }, { T_OWN: { value: '2', enumerable: true, writable: true } }),
    'one that holds a NUL byte': { T_A: 'x\\0y' },
    'undefined': undefined,
    'null': null,
    'a number': 5,
    'text': 'T_',
  };
  const results = [];
  for (const [what, object] of Object.entries(objects)) {
    process.env = object;
    results.push(what + ': ' + seen(), what + ', given: ' + seen({ env: process.env }));
    process.env = original;
  }
  Object.defineProperty(process, 'env', { get: () => ({ T_GOT: '1', PATH: original.PATH }), configurable: true });
  results.push('a getter: ' + seen());
  Object.defineProperty(process, 'env', { value: { T_FIXED: '1' }, configurable: true });
  results.push('one that cannot be set: ' + seen());
  Object.defineProperty(process, 'env', { value: original, writable: true, enumerable: true, configurable: true });
  console.log(results.join('\\n'));
  show('the original again');`;

const ways = `
  const gathered = async (child) => own(Buffer.concat(await child.stdout.toArray()));
  console.log('spawn:', await gathered(cp.spawn('cat', ['/proc/self/environ'])));
  console.log('exec:', await gathered(cp.exec('exec cat /proc/self/environ', { encoding: 'buffer' })));
  console.log('execFile:', await gathered(cp.execFile('cat', ['/proc/self/environ'], { encoding: 'buffer' })));
  console.log('fork:', await gathered(cp.fork('/proc/self/environ', { execPath: '/bin/cat', execArgv: [], silent: true })));
  console.log('execSync:', own(cp.execSync('exec cat /proc/self/environ')));
  console.log('execFileSync:', own(cp.execFileSync('cat', ['/proc/self/environ'])));`;

const inWorkers = (script: string): string => `
  const { once } = await import('node:events');
  const { SHARE_ENV, Worker } = await import('node:worker_threads');
  const text = ${JSON.stringify(`import(process.argv[2]).then(({ default: cp }) => { ${script} });`)};
  for (const env of [SHARE_ENV, { T_WORKER: '1', A: '2', PATH: process.env.PATH }]) {
    const worker = new Worker(text, { eval: true, env, argv: [door], stdout: true });
    worker.stdout.setEncoding('utf8');
    const [output] = await Promise.all([worker.stdout.toArray(), once(worker, 'exit')]);
    console.log(output.join(''));
  }
  ${script}`;

describe('the default environment of a child', () => {
  for (const [what, entries] of Object.entries(oddities))
    sameScript(
      `with ${what} goes over as this Node reads it`,
      readings,
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
      sameScript(
        'goes over as this Node reads it',
        readings,
        ({ stdout }) => expect(stdout).to.match(/^absent: T_TWICE%3D1 T_PLAIN%3Da .*T_EMPTY%3D/),
        { launcher },
      );
      sameScript(
        'goes over in whatever way a program is started',
        `${tell} ${ways}`,
        ({ stdout }) => expect(stdout.match(/T_PLAIN%3Da/g)).to.have.length(6),
        { launcher },
      );
      sameScript(
        'follows what the program changes',
        `${tell} show('before'); process.env.T_ADDED = 'ä'; delete process.env.T_PLAIN; show('after');
         process.env.T_TWICE = 'set'; show('set'); delete process.env.T_TWICE; show('deleted');
         for (const key of Object.keys(process.env)) delete process.env[key]; show('all deleted');
         process.env.T_LAST = '1'; show('one added');`,
        ({ stdout }) => expect(stdout).to.match(/after: .*T_ADDED%3D%C3%A4\n/),
        { launcher },
      );
      sameScript(
        'is, with another object in the place of process.env, what this Node makes of that',
        `${tell} ${replaced}`,
        ({ stdout }) => expect(stdout).to.match(/^the original again: T_TWICE/m),
        { launcher },
      );
      sameScript(
        'is in Workers theirs, and after them in the program the same as before',
        inWorkers(`${tell} show('absent'); show('its own', { env: process.env }); ${replaced}`),
        ({ stdout }) => expect(stdout.match(/^the original again: /gm)).to.have.length(3),
        { launcher },
      );
    });
  }

  for (const [what, change] of [
    ['changes', "pairs[pairs.findIndex((pair) => pair.startsWith('T_PLAIN='))] = 'T_PLAIN=changed'"],
    ['adds', "pairs.push('T_MORE=added')"],
    ['takes away', "pairs.splice(pairs.findIndex((pair) => pair.startsWith('T_PLAIN=')), 1)"],
    ['replaces', "options.envPairs = ['T_ONLY=this', 'PATH=' + process.env.PATH]"],
  ] as const)
    sameScript(
      `goes over as a replaced ChildProcess.prototype.spawn ${what} it`,
      `${tell} ${ways}
       const { prototype } = cp.ChildProcess;
       const { spawn } = prototype;
       prototype.spawn = function (options) { const pairs = options.envPairs; ${change}; return spawn.call(this, options); };
       console.log('changed:', await gathered(cp.spawn('cat', ['/proc/self/environ'])));`,
      ({ stdout }) =>
        expect(stdout).to.match(/^changed: (?!T_TWICE%3D1 T_PLAIN%3Da T_EMPTY%3D T_BYTES%3D%C3%A4\n)/m),
      { launcher: plain },
    );

  sameScript(
    'is read without a warning of what is deprecated',
    `${tell} process.env = { T_OTHER: '1', PATH: process.env.PATH }; show('replaced'); process.binding('process_wrap');`,
    ({ stderr, code }) => {
      expect(stderr.match(/DEP0111/g)).to.have.length(1);
      expect(code).to.equal(1);
    },
    { nodeArgs: ['--pending-deprecation', '--throw-deprecation'] },
  );

  sameScript(
    'is not what somebody has put on Object.prototype',
    `${tell} process.noDeprecation = false;
     for (const [key, value] of [['getEnvPairs', () => ['T_POLLUTED=1']], ['child_process', 'options.env || process.env;'], ['get', () => 'T_GOT']])
       Object.defineProperty(Object.prototype, key, { __proto__: null, value, configurable: true, writable: true });
     process.env = Object.create({ T_INHERITED: '1', PATH: process.env.PATH }, { __proto__: null, T_OWN: { __proto__: null, value: '2', enumerable: true } });
     show('replaced'); console.log(process.noDeprecation);`,
    ({ stdout }) => expect(stdout).to.match(/^replaced: (?!.*T_POLLUTED).*\nfalse\n$/),
  );

  sameScript(
    'of an object with NODE_V8_COVERAGE has it after its own variables and before the inherited ones',
    `${tell} process.env.NODE_V8_COVERAGE = '/tmp/parent';
     const inherited = { T_INHERITED: '1', NODE_V8_COVERAGE: 'T_hidden', T_LAST: '2' };
     for (const own of [{ T_OWN: '3' }, { NODE_V8_COVERAGE: 'T_own' }, { NODE_V8_COVERAGE: undefined }, {}])
       show(Object.keys(own), { env: Object.assign(Object.create(inherited), own) });`,
    ({ stdout }) =>
      expect(stdout).to.match(
        /^T_OWN: T_OWN%3D3 NODE_V8_COVERAGE%3D\/tmp\/parent T_INHERITED%3D1 T_LAST%3D2$/m,
      ),
  );
});
