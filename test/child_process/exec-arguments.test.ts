import { expect } from 'chai';
import { outcomeOf, throws } from './event-log.js';
import type { StartExec } from './exec-result.js';
import { sameResult } from './exec-result.js';
import type { Door } from './oracle.js';
import { same } from './oracle.js';

describe('the arguments of exec and execFile', () => {
  describe('take arguments in the form of', () => {
    const forms: readonly [string, StartExec, unknown[]][] = [
      [
        'execFile(file, callback)',
        (cp, done) => cp.execFile('/bin/pwd', done),
        [null, `${process.cwd()}\n`, ''],
      ],
      [
        'execFile(file, options, callback)',
        (cp, done) => cp.execFile('/bin/pwd', { cwd: '/' }, done),
        [null, '/\n', ''],
      ],
      ['execFile(file, args, callback)', (cp, done) => cp.execFile('echo', ['a'], done), [null, 'a\n', '']],
      [
        'execFile(file, args, options, callback)',
        (cp, done) => cp.execFile('/bin/pwd', [], { cwd: '/' }, done),
        [null, '/\n', ''],
      ],
      [
        'execFile(file, null, options, callback)',
        (cp, done) => cp.execFile('/bin/pwd', null, { cwd: '/' }, done),
        [null, '/\n', ''],
      ],
      [
        'execFile(file, undefined, options, callback)',
        (cp, done) => cp.execFile('/bin/pwd', undefined, { cwd: '/' }, done),
        [null, '/\n', ''],
      ],
      [
        'execFile(file, undefined, callback)',
        (cp, done) => cp.execFile('echo', undefined, done),
        [null, '\n', ''],
      ],
      ['execFile(file, null, callback)', (cp, done) => cp.execFile('echo', null, done), [null, '\n', '']],
      [
        'execFile(file, args, null, callback)',
        (cp, done) => cp.execFile('echo', ['a'], null, done),
        [null, 'a\n', ''],
      ],
      [
        'execFile(file, args, undefined, callback)',
        (cp, done) => cp.execFile('echo', ['a'], undefined, done),
        [null, 'a\n', ''],
      ],
      [
        'execFile(file, callback, callback)',
        (cp, done) => cp.execFile('echo', done, () => {}),
        [null, '\n', ''],
      ],
      [
        'execFile(file, args, callback, callback)',
        (cp, done) => cp.execFile('echo', ['a'], done, () => {}),
        [null, 'a\n', ''],
      ],
      ['exec(command, callback)', (cp, done) => cp.exec('pwd', done), [null, `${process.cwd()}\n`, '']],
      [
        'exec(command, options, callback)',
        (cp, done) => cp.exec('pwd', { cwd: '/' }, done),
        [null, '/\n', ''],
      ],
      ['exec(command, null, callback)', (cp, done) => cp.exec('echo a', null, done), [null, 'a\n', '']],
      [
        'exec(command, undefined, callback)',
        (cp, done) => cp.exec('echo a', undefined, done),
        [null, 'a\n', ''],
      ],
      ['exec(command, text, callback)', (cp, done) => cp.exec('echo a', 'text', done), [null, 'a\n', '']],
      ['exec(command, number, callback)', (cp, done) => cp.exec('echo a', 5, done), [null, 'a\n', '']],
      [
        'exec(command, callback, callback)',
        (cp, done) => cp.exec('echo a', done, () => {}),
        [null, 'a\n', ''],
      ],
      ['exec of nothing', (cp, done) => cp.exec('', done), ['thrown']],
      [
        'exec with shell false',
        (cp, done) => cp.exec('echo $0', { shell: false }, done),
        [null, '/bin/sh\n', ''],
      ],
      [
        'exec with shell null',
        (cp, done) => cp.exec('echo $0', { shell: null }, done),
        [null, '/bin/sh\n', ''],
      ],
      [
        'exec with an empty shell',
        (cp, done) => cp.exec('pwd', { shell: '' }, done),
        [null, `${process.cwd()}\n`, ''],
      ],
      [
        'exec with a shell',
        (cp, done) => cp.exec('echo $0', { shell: '/bin/bash' }, done),
        [null, '/bin/bash\n', ''],
      ],
      [
        'exec with a detached child',
        (cp, done) => cp.exec('echo a', { detached: true, stdio: 'ignore', argv0: 'x' }, done),
        [null, 'a\n', ''],
      ],
      [
        'exec with frozen options',
        (cp, done) => cp.exec('echo a', Object.freeze({ timeout: 0 }), done),
        [null, 'a\n', ''],
      ],
    ];
    for (const [title, start, expected] of forms)
      sameResult(title, start, (results) =>
        expect(results.slice(0, expected.length)).to.deep.equal(expected),
      );
  });

  describe('throw for', () => {
    const wrong: readonly [string, (cp: Door) => unknown][] = [
      ['exec of undefined', (cp) => cp.exec()],
      ['exec of a number', (cp) => cp.exec(5, () => {})],
      ['exec of an array', (cp) => cp.exec(['true'])],
      ['exec of a NUL byte', (cp) => cp.exec('true\0')],
      ['a callback of exec that is text', (cp) => cp.exec('true', {}, 'text')],
      ['a callback of exec that is an object', (cp) => cp.exec('true', {}, {})],
      ['a shell of exec with a NUL byte', (cp) => cp.exec('true', { shell: '/bin/sh\0' })],
      ['execFile of undefined', (cp) => cp.execFile()],
      ['execFile of an empty text', (cp) => cp.execFile('')],
      ['a callback that is a number', (cp) => cp.execFile('true', [], {}, 5)],
      ['a callback that is true', (cp) => cp.execFile('true', [], {}, true)],
      ['a callback that is an object, beside args', (cp) => cp.execFile('true', [], {}, {})],
      ['a callback that is text, beside options', (cp) => cp.execFile('true', {}, 'text')],
      ['args that are text', (cp) => cp.execFile('true', 'text')],
      ['args that are a number', (cp) => cp.execFile('true', 5, {}, () => {})],
      ['args with NUL', (cp) => cp.execFile('true', ['\0'])],
      ['options that are text', (cp) => cp.execFile('true', [], 'text')],
      ['options that are an array', (cp) => cp.execFile('true', [], [])],
      ['options that are a number', (cp) => cp.execFile('true', [], 5, () => {})],
      ...[-1, 1.5, '1', Number.NaN, {}, true].map((timeout): [string, (cp: Door) => unknown] => [
        `timeout ${timeout}`,
        (cp) => cp.execFile('true', { timeout }),
      ]),
      ...[-1, '1', Number.NaN, {}, true, -0.5].map((maxBuffer): [string, (cp: Door) => unknown] => [
        `maxBuffer ${maxBuffer}`,
        (cp) => cp.execFile('true', { maxBuffer }),
      ]),
      ...['SIGNO', 0, 65, {}, true].map((killSignal): [string, (cp: Door) => unknown] => [
        `killSignal ${killSignal}`,
        (cp) => cp.execFile('true', { killSignal }),
      ]),
      ...[1, {}, 'a\0b'].map((argv0): [string, (cp: Door) => unknown] => [
        `argv0 ${argv0}`,
        (cp) => cp.execFile('true', { argv0 }),
      ]),
      ['a wrong cwd', (cp) => cp.exec('true', { cwd: 5 })],
      ['a wrong env', (cp) => cp.exec('true', { env: { A: '\0' } })],
      ['a wrong signal', (cp) => cp.exec('true', { signal: 'x' })],
      ['a wrong uid', (cp) => cp.exec('true', { uid: '0' })],
      ['a directory that is none', (cp) => cp.exec('true', { cwd: '/etc/passwd' })],
      ['too many arguments', (cp) => cp.execFile('true', ['a'.repeat(200_000)])],
    ];
    for (const [what, call] of wrong) same(what, (cp) => outcomeOf(() => call(cp)), throws());
  });
});
