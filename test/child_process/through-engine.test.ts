import { once } from 'node:events';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { features } from 'forkless';
import { exec, execFile, execFileSync, execSync, fork, spawn, spawnSync } from 'forkless/child_process';
import { makeFile } from '../support/starts.js';
import { tempPath } from '../support/temp.js';

// What is wrong goes to Node's own functions, which say what. What is right, however seldom, must not: nobody would
// notice, because the result is the same.
const folder = path.dirname(tempPath());

const options: readonly (readonly [title: string, options: Record<string, unknown>])[] = [
  [
    'undefined values',
    { cwd: undefined, env: undefined, stdio: undefined, timeout: undefined, killSignal: undefined },
  ],
  ['null values', { cwd: null, env: null, shell: null, detached: null, uid: null, gid: null, argv0: null }],
  ['a killSignal in small letters', { killSignal: 'sigusr1' }],
  ['a killSignal in mixed letters', { killSignal: 'SigKill' }],
  ['a killSignal by number', { killSignal: 9 }],
  ['the highest signal', { killSignal: 31 }],
  ['a timeout of 0', { timeout: 0 }],
  ['a long timeout', { timeout: 2 ** 31 - 1 }],
  ['a directory as URL', { cwd: pathToFileURL(folder) }],
  ['an empty environment', { env: {} }],
  ['an environment without prototype', { env: Object.assign(Object.create(null), { A: '1' }) }],
  ['variables that are no strings', { env: { A: 1, B: null, C: undefined, D: true } }],
  [
    'false everywhere',
    { detached: false, shell: false, windowsHide: false, windowsVerbatimArguments: false },
  ],
  ['true where it means nothing here', { windowsHide: true, windowsVerbatimArguments: true }],
  ['argv0', { argv0: 'another' }],
  ['options that Node does not know', { unknown: 1, toString: 2 }],
  ['this library’s own option', { umask: 0o22 }],
];

const sync: typeof options = [
  ['no limit of output', { maxBuffer: Number.POSITIVE_INFINITY }],
  ['a limit of output of 0, which is none', { maxBuffer: 0 }],
  ['a fraction of a byte', { maxBuffer: 0.5 }],
  ['the largest timeout', { timeout: Number.MAX_SAFE_INTEGER }],
  ['input as text', { input: 'text' }],
  ['input as text of another encoding', { input: '00ff', encoding: 'hex' }],
  ['input as a DataView', { input: new DataView(new ArrayBuffer(3)) }],
  ['input as numbers of 16 bits', { input: Uint16Array.of(1, 2) }],
  ['no input', { input: '' }],
  ['bytes', { encoding: 'buffer' }],
  ['a negative number as a pipe', { stdio: [-1, -7, -1] }],
  ['overlapped', { stdio: 'overlapped' }],
  ['an array that is too short', { stdio: ['ignore'] }],
  ['bytes in stdio, which name nothing', { stdio: ['pipe', 'pipe', 'pipe', new Uint8Array(1)] }],
  ['a descriptor in an object', { stdio: ['ignore', { fd: 2 }, 'pipe'] }],
];

const asynchronous: typeof options = [
  ['a signal', { signal: new AbortController().signal }],
  ['a channel', { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] }],
  ['overlapped', { stdio: 'overlapped' }],
  ['an array that is too short', { stdio: ['ignore'] }],
  ['a descriptor in an object', { stdio: ['ignore', process.stderr, 'pipe'] }],
];

const executed: typeof options = [
  ['no limit of output', { maxBuffer: Number.POSITIVE_INFINITY }],
  ['a limit of output of 0', { maxBuffer: 0 }],
  ['bytes', { encoding: 'buffer' }],
  ['an encoding that is none', { encoding: 'none such' }],
  ['the largest timeout of a timer', { timeout: 2 ** 31 - 1 }],
  ['a signal', { signal: new AbortController().signal }],
];

describe('a start with options that are right, however seldom, is made by the engine', () => {
  describe('of spawnSync:', () => {
    for (const [title, given] of [...options, ...sync])
      it(title, () => {
        const { error } = started(1, () => spawnSync('/bin/cat', given)); // reads what it is given: no EPIPE
        expect(error).to.equal(undefined);
      });

    it('and of execFileSync and execSync, with arguments left out', () => {
      started(1, () => execFileSync('/bin/true'));
      started(1, () => execFileSync('/bin/true', { timeout: 0 }));
      started(1, () => execFileSync('/bin/true', null as never, { killSignal: 'sigterm' as never }));
      started(1, () => execSync('true'));
      started(1, () => execSync('true', { shell: '/bin/sh' }));
    });
  });

  describe('of spawn:', () => {
    for (const [title, given] of [...options, ...asynchronous])
      it(title, async () => {
        const child = started(1, () => spawn('/bin/true', given));
        child.stdout?.resume();
        child.stderr?.resume();
        const [code] = await once(child, 'close');
        expect(code).to.equal(0);
      });
  });

  describe('of execFile:', () => {
    for (const [title, given] of [...options, ...executed])
      it(title, async () => {
        const child = started(1, () => execFile('/bin/true', given));
        const [code] = await once(child, 'close');
        expect(code).to.equal(0);
      });

    it('and of exec and fork, with arguments left out', async () => {
      const module = makeFile('', 0o644, tempPath('module.cjs'));
      const children = [
        started(1, () => execFile('/bin/true')),
        started(1, () => execFile('/bin/true', () => {})),
        started(1, () => execFile('/bin/true', ['x'], () => {})),
        started(1, () => execFile('/bin/true', null as never, null as never, null as never)),
        started(1, () => exec('true')),
        started(1, () => exec('true', () => {})),
        started(1, () => exec('true', { shell: '/bin/sh' })),
        started(1, () => fork(module)),
        started(1, () => fork(pathToFileURL(module), { silent: true })),
        started(1, () => fork(module, [], { stdio: 'ignore', execArgv: [] })),
        started(1, () => fork(module, undefined, undefined)),
      ];
      const ends = await Promise.all(children.map((child) => once(child, 'close')));
      expect(ends.map(([code]) => code)).to.deep.equal(children.map(() => 0));
    });
  });
});

/** Checks how many children the engine has made. */
function started<T>(count: number, call: () => T): T {
  const before = children();
  const result = call();
  expect(children() - before).to.equal(count);
  return result;
}

function children(): number {
  return Object.values(features().rungs).reduce((sum, rung) => sum + rung, 0);
}
