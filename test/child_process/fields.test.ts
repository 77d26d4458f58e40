import { EventEmitter } from 'node:events';
import { inspect } from 'node:util';
import { expect } from 'chai';
import { describeValue } from './describe-value.js';
import { closed, emits, ends, outcomeOf } from './event-log.js';
import { nodes, ours, same, sameScript } from './oracle.js';

describe('a ChildProcess', () => {
  const states: readonly [string, unknown, readonly unknown[]][] = [
    ['with pipes', {}, ['/bin/true', ['a']]],
    ['with nothing', { stdio: 'ignore' }, ['/bin/true']],
    ['with a channel', { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] }, ['/bin/true']],
    ['that could not be started', {}, ['/no/such/program']],
    ['with a shell', { shell: true }, ['true']],
    ['that is detached', { detached: true, stdio: 'ignore' }, ['/bin/true']],
  ];
  for (const [what, options, args] of states)
    same(
      `${what} has the same fields at each moment`,
      async (cp) => {
        const child = cp.spawn(...args, options);
        const moments: unknown[] = [];
        const look = (when: string) => {
          const all = Object.entries(Object.getOwnPropertyDescriptors(child));
          moments.push([
            when,
            all
              .filter(([key]) => !['pidfd', 'resourceUsage', '_closesGot'].includes(key))
              .map(([key, { value, enumerable, writable, configurable, get }]) => [
                ...[key, enumerable, writable, configurable, typeof get],
                key === 'pid' ? typeof value : fieldOf(value),
              ]),
            Object.getOwnPropertySymbols(child).map(String),
          ]);
        };
        look('at once');
        child.on('error', () => look('error'));
        child.on('spawn', () => look('spawn'));
        child.on('exit', () => look('exit'));
        child.stdout?.resume();
        child.stderr?.resume();
        await closed(child);
        look('close');
        return moments;
      },
      (moments) => expect(moments).to.have.length(what.includes('could not') ? 3 : 4),
    );

  same(
    'has the same keys in the same order',
    async (cp) => {
      const child = cp.spawn('/bin/true');
      const found = [Object.keys(child), Object.keys(child)];
      await closed(child);
      const loop: string[] = [];
      for (const key in child) loop.push(key);
      return [...found, Object.keys(child), loop, JSON.stringify(Object.keys({ ...child }))];
    },
    ([first]) => expect(first).to.include.members(['pid', 'stdio', 'spawnfile', 'exitCode']),
  );
  same(
    'looks the same in the console',
    async (cp) => {
      const child = cp.spawn('/bin/true', ['a'], { stdio: 'ignore' });
      await closed(child);
      return inspect(child).replace(`${child.pid}`, 'PID');
    },
    (text) => expect(text).to.match(/^ChildProcess \{/),
  );
  same(
    'looks the same in the console while it runs',
    async (cp) => {
      const child = cp.spawn('/bin/cat', { stdio: ['pipe', 'ignore', 'ignore'] });
      const text = inspect(child, { depth: 0 }).replace(`${child.pid}`, 'PID');
      child.stdin?.end();
      await closed(child);
      return text;
    },
    (text) => expect(text).to.match(/^ChildProcess \{/),
  );
  same(
    'is the same for Object.prototype.toString, structure and names',
    async (cp) => {
      const child = cp.spawn('/bin/true');
      await closed(child);
      const prototype: object = Object.getPrototypeOf(child);
      return [
        Object.prototype.toString.call(child),
        child.constructor.name,
        prototype === nodes.ChildProcess.prototype,
        Object.getPrototypeOf(prototype) === EventEmitter.prototype,
        Object.getOwnPropertyNames(prototype),
        Object.getOwnPropertySymbols(prototype).map(String),
        child.listenerCount('exit'),
        child.eventNames(),
        child.getMaxListeners(),
      ];
    },
    (found) => expect(found.slice(0, 4)).to.deep.equal(['[object Object]', 'ChildProcess', true, true]),
  );

  it('is an instance of the class of both modules', async () => {
    for (const [cp, other] of [
      [nodes, ours],
      [ours, nodes],
    ] as const) {
      const child = cp.spawn('/bin/true');
      expect(child).to.be.instanceof(other.ChildProcess);
      expect(child).to.be.instanceof(cp.ChildProcess);
      expect(child).to.be.instanceof(EventEmitter);
      await closed(child);
    }
  });

  same(
    'has the fields of its streams after they were taken away',
    async (cp) => {
      const child = cp.spawn('/bin/true');
      const { stdout } = child;
      stdout?.destroy();
      child.stderr?.destroy();
      await closed(child);
      return [child.stdout === stdout, child.stdio.length, child.stdio[1] === stdout];
    },
    (found) => expect(found).to.deep.equal([true, 3, true]),
  );

  describe('that is made by new', () => {
    same(
      'has fields before it is spawned',
      (cp) => {
        const child = new cp.ChildProcess();
        return [
          Object.keys(child).filter((key) => key !== '_handle'),
          child.kill(0),
          child.pid,
          describeValue(child),
        ];
      },
      ([keys]) => expect(keys).to.include('spawnfile'),
    );
    for (const [what, options] of [
      ['nothing', undefined],
      ['null', null],
      ['text', 'text'],
      ['an empty object', {}],
      ['a file that is no text', { file: 5 }],
      ['args that are no array', { file: '/bin/true', args: 'a' }],
      ['envPairs that are no array', { file: '/bin/true', envPairs: 'a', stdio: ['ipc'] }],
      ['a wrong stdio', { file: '/bin/true', stdio: 'x' }],
      ['a wrong serialization', { file: '/bin/true', serialization: 'x' }],
    ] as const)
      same(
        `refuses ${what}`,
        (cp) => {
          const child = new cp.ChildProcess();
          return outcomeOf(() => child.spawn(structuredClone(options)));
        },
        (outcome) => expect(outcome).to.have.property('thrown'),
      );
    for (const [what, options, check] of [
      [
        'args and stdio',
        { file: '/bin/sh', args: ['sh', '-c', 'echo text'], stdio: 'pipe' },
        ends(0, 'text\n'),
      ],
      [
        'an environment',
        { file: '/bin/sh', args: ['sh', '-c', 'echo $A'], envPairs: ['A=b'] },
        ends(0, 'b\n'),
      ],
      ['a missing file', { file: '/no/such', args: ['x', 'y'] }, emits('ENOENT')],
      ['a missing cwd', { file: '/bin/true', args: ['true'], cwd: '/no/such' }, emits('ENOENT')],
    ] as const)
      same(
        `spawns with ${what}`,
        (cp) => {
          const child = new cp.ChildProcess();
          return outcomeOf(() => {
            expect(child.spawn(structuredClone(options))).to.be.a('number');
            return child;
          });
        },
        check,
      );
  });

  // Of its own process: libuv 1.53 gives posix_spawn no argv then, and crashes.
  sameScript(
    'that is made by new spawns with only a file',
    `const child = new cp.ChildProcess();
     child.on('close', (...args) => console.log(...args));
     child.spawn({ file: '/bin/true', stdio: 'ignore' });`,
    ({ signal, stdout }) =>
      expect([signal, stdout]).to.deep.be.oneOf([
        [null, '0 null\n'],
        ['SIGSEGV', ''],
      ]),
  );
  sameScript(
    'gets SIGTERM by Symbol.dispose',
    `const child = cp.spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] });
     child.on('exit', (...args) => console.log(...args, child.killed));
     console.log(child[Symbol.dispose](), child.killed, child[Symbol.dispose]());`,
    ({ stdout }) => expect(stdout).to.equal('undefined true undefined\nnull SIGTERM true\n'),
  );
  same(
    'comes from modules with the same functions',
    (cp) => [Object.keys(cp.module), ...Object.values(cp.module).map(describeValue)],
    ([names]) => expect(names).to.include.members(['spawn', 'exec', 'execFile', 'fork', 'ChildProcess']),
  );
});

function fieldOf(value: unknown): unknown {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return typeof value;
  return describeValue(value);
}
