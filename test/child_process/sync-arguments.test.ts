// What is wrong with the arguments is said by Node itself, in its own words, and before anything is started.
import { expect } from 'chai';
import { same } from './oracle.js';
import { gave, observe, returned, syncOf, threw } from './sync-door.js';

function refuses(title: string, code: string | undefined, ...args: readonly unknown[]): void {
  same(`refuses ${title}`, (cp) => observe(() => syncOf(cp).spawnSync(...args)), threw(code));
}

function takes(title: string, ...args: readonly unknown[]): void {
  same(`takes ${title}`, (cp) => observe(() => syncOf(cp).spawnSync(...args)), gave({}));
}

describe('spawnSync', () => {
  refuses('no file', 'ERR_INVALID_ARG_TYPE');
  refuses('a file that is no string', 'ERR_INVALID_ARG_TYPE', 5);
  refuses('an empty file', 'ERR_INVALID_ARG_VALUE', '');
  refuses('a file with a null byte', 'ERR_INVALID_ARG_VALUE', 'a\0b');
  refuses('arguments that are a string', 'ERR_INVALID_ARG_TYPE', 'true', 'x');
  refuses('an argument with a null byte', 'ERR_INVALID_ARG_VALUE', 'true', ['\0']);
  refuses('an argument that is a symbol', undefined, 'true', [Symbol('x')]);
  refuses('options that are null', 'ERR_INVALID_ARG_TYPE', 'true', [], null);
  refuses('options that are a string', 'ERR_INVALID_ARG_TYPE', 'true', [], 'x');
  refuses('options that are a function', 'ERR_INVALID_ARG_TYPE', 'true', [], () => {});
  for (const [name, code, ...values] of [
    ['cwd', 'ERR_INVALID_ARG_TYPE', 1, true, {}],
    ['cwd', 'ERR_INVALID_ARG_VALUE', 'a\0'],
    ['cwd', 'ERR_INVALID_URL_SCHEME', new URL('http://x/')],
    ['detached', 'ERR_INVALID_ARG_TYPE', 1, 'true'],
    ['uid', undefined, 'x', 1.5, 2 ** 31],
    ['gid', undefined, 'x', 1.5, -(2 ** 31) - 1],
    ['shell', 'ERR_INVALID_ARG_TYPE', 5, {}],
    ['argv0', 'ERR_INVALID_ARG_TYPE', 5],
    ['windowsHide', 'ERR_INVALID_ARG_TYPE', 1],
    ['windowsVerbatimArguments', 'ERR_INVALID_ARG_TYPE', 1],
    ['timeout', undefined, -1, 1.5, '1', Number.NaN, Number.POSITIVE_INFINITY],
    ['maxBuffer', undefined, -1, 'x', Number.NaN],
    ['killSignal', 'ERR_UNKNOWN_SIGNAL', 0, 40, '', 'NOPE', 'SIGRTMIN'],
    ['killSignal', 'ERR_INVALID_ARG_TYPE', {}, true],
    ['input', 'ERR_INVALID_ARG_TYPE', 5, {}, true, new ArrayBuffer(1)],
    ['stdio', 'ERR_INVALID_ARG_VALUE', 'foo', 5, {}, [{}], [true], ['pipe', Symbol.iterator]],
    ['stdio', 'ERR_IPC_SYNC_FORK', ['pipe', 'pipe', 'pipe', 'ipc']],
    ['env', 'ERR_INVALID_ARG_VALUE', { A: '\0' }, { 'A\0': '' }],
  ] as const)
    for (const value of values)
      same(
        `refuses ${name}: ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`,
        (cp) => observe(() => syncOf(cp).spawnSync('true', [], { [name]: value })),
        (observed) => {
          expect(observed).to.have.property('thrown');
          if (code !== undefined) threw(code)(observed);
        },
      );

  takes('null for every option', 'true', [], {
    cwd: null,
    detached: null,
    uid: null,
    gid: null,
    shell: null,
    argv0: null,
    windowsHide: null,
    timeout: null,
    maxBuffer: null,
    killSignal: null,
    input: null,
    stdio: null,
    encoding: null,
    env: null,
  });
  takes('options that nobody knows', 'true', [], { unknown: 1 });
  takes('options in the place of the arguments', 'true', { encoding: 'utf8' });
  takes('null in the place of the arguments', 'true', null, { encoding: 'utf8' });
  takes('a timeout as long as a number can be', 'true', { timeout: Number.MAX_SAFE_INTEGER });

  same(
    'lets an error of toString through',
    (cp) => {
      const argument = {
        toString() {
          throw new RangeError('mine');
        },
      };
      return observe(() => syncOf(cp).spawnSync('true', [argument]));
    },
    threw(undefined, /^mine$/),
  );
  same(
    'reads no option from Object.prototype',
    (cp) => {
      Object.assign(Object.prototype, { encoding: 'hex', argv0: 'inherited' });
      try {
        return observe(() => syncOf(cp).spawnSync('/bin/sh', ['-c', 'echo $0']));
      } finally {
        for (const name of ['encoding', 'argv0']) delete (Object.prototype as Record<string, unknown>)[name];
      }
    },
    gave({ stdout: '/bin/sh\n' }),
  );
  same(
    'changes neither the arguments nor the options',
    (cp) => {
      const args = ['x'];
      const options = { stdio: ['pipe', 'pipe', 'pipe'], env: { PATH: process.env['PATH'] } };
      syncOf(cp).spawnSync('echo', args, options);
      return { args, options };
    },
    ({ args, options }) => {
      expect(args).to.deep.equal(['x']);
      expect(Object.keys(options)).to.deep.equal(['stdio', 'env']);
    },
  );
});

describe('execFileSync', () => {
  const calls: [
    title: string,
    args: readonly unknown[],
    check: (observed: ReturnType<typeof observe>) => void,
  ][] = [
    ['no file', [], threw('ERR_INVALID_ARG_TYPE')],
    ['a string as the arguments', ['echo', 'x'], threw('ERR_INVALID_ARG_TYPE')],
    ['a string as the options', ['echo', [], 'x'], threw('ERR_INVALID_ARG_TYPE')],
    ['an array as the options', ['echo', [], []], threw('ERR_INVALID_ARG_TYPE')],
    ['a function as the options', ['echo', ['x'], () => {}], threw('ERR_INVALID_ARG_TYPE')],
    ['a callback that is none', ['echo', {}, 'x'], threw('ERR_INVALID_ARG_TYPE')],
    ['an argv0 that is no string', ['echo', [], { argv0: 5 }], threw('ERR_INVALID_ARG_TYPE')],
    ['a callback, of which it makes nothing', ['echo', {}, () => {}], returned('\n')],
    ['a callback alone', ['echo', () => {}], returned('\n')],
    ['nothing but null', ['echo', null, null], returned('\n')],
    ['options in the place of the arguments', ['echo', { encoding: 'utf8' }], returned('\n')],
  ];
  for (const [title, args, check] of calls)
    same(
      `takes or refuses as Node does: ${title}`,
      (cp) => observe(() => syncOf(cp).execFileSync(...args)),
      check,
    );
});

describe('execSync', () => {
  const calls: [
    title: string,
    args: readonly unknown[],
    check: (observed: ReturnType<typeof observe>) => void,
  ][] = [
    ['no command', [], threw('ERR_INVALID_ARG_TYPE')],
    ['a command that is no string', [5], threw('ERR_INVALID_ARG_TYPE')],
    ['an empty command', [''], threw('ERR_INVALID_ARG_VALUE')],
    ['a command with a null byte', ['echo \0'], threw('ERR_INVALID_ARG_VALUE')],
    ['a function as the options', ['echo x', () => {}], returned('x\n')],
    ['a string as the options', ['echo x', 'y'], returned('x\n')],
    ['false for the shell, which it has all the same', ['echo $0', { shell: false }], returned('/bin/sh\n')],
    ['the name of a shell', ['echo $0', { shell: '/bin/bash' }], returned('/bin/bash\n')],
  ];
  for (const [title, args, check] of calls)
    same(
      `takes or refuses as Node does: ${title}`,
      (cp) => observe(() => syncOf(cp).execSync(...args)),
      check,
    );
});
