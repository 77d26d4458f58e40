import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { at } from '../support/paths.js';
import { runNodeForValue } from '../support/run-node.js';
import { ask, byFlag, byImport, ways } from './program.js';

/** Says of each way to a function of child_process whether it goes through the engine. */
const everyWay = `
  import { writeFileSync } from 'node:fs';
  import { createRequire } from 'node:module';
  import { promisify } from 'node:util';
  import childProcess, { exec, execFile, execFileSync, execSync, fork, spawn, spawnSync } from 'node:child_process';
  import * as namespace from 'child_process';
  const require = createRequire(import.meta.url);
  const required = require('child_process');
  const { spawn: destructured } = require('node:child_process');
  const script = tempPath('nothing.mjs');
  writeFileSync(script, '');
  const starts = {
    'import of a name': () => spawn('true'),
    'import of the default': () => childProcess.spawn('true'),
    'import of a namespace': () => namespace.spawn('true'),
    'import()': async () => (await import('node:child_process')).spawn('true'),
    'require': () => required.spawn('true'),
    'require, destructured': () => destructured('true'),
    'exec': () => exec('true'),
    'execFile': () => execFile('true'),
    'fork': () => fork(script, [], { execArgv: [] }),
    'spawnSync': () => spawnSync('true'),
    'execSync': () => execSync('true'),
    'execFileSync': () => execFileSync('true'),
    'exec, promisified': () => promisify(exec)('true'),
    'execFile, promisified': () => promisify(execFile)('true'),
    ...(process.getBuiltinModule && {
      'process.getBuiltinModule': () => process.getBuiltinModule('child_process').spawn('true'),
    }),
  };
  const through = {};
  for (const [way, start] of Object.entries(starts)) through[way] = await throughUs(start);
  say(through);
`;

/** What each function of the module looks like, and which of its neighbours it calls where these were replaced. */
const likeness = `
  import childProcess from 'node:child_process';
  import { promisify } from 'node:util';
  const looks = Object.entries(Object.getOwnPropertyDescriptors(childProcess)).map(([name, { value, ...rest }]) => [
    name, value.name, value.length, value[promisify.custom]?.name, value[promisify.custom]?.length, rest,
  ]);
  const calls = [];
  const originals = { ...childProcess };
  for (const name of Object.keys(originals)) {
    if (name === 'ChildProcess') continue;
    childProcess[name] = function (...args) {
      calls.push([name, args.length]);
      return originals[name].apply(this, args);
    };
  }
  childProcess.exec('true', () => calls.push('called back'));
  childProcess.execFile('true');
  childProcess.execSync('true');
  childProcess.execFileSync('true');
  childProcess.spawn('true');
  childProcess.spawnSync('true');
  childProcess.fork('/no/such/file', { silent: true, execArgv: [] });
  process.on('exit', () => say({ looks, calls }));
`;

describe('forkless/register', () => {
  for (const way of ways)
    it(`by ${way.title} puts every way to child_process through the engine`, async () => {
      const through = await ask<Record<string, boolean>>(way, everyWay);
      expect(Object.keys(through)).to.have.length.of.at.least(14);
      expect(Object.entries(through).filter(([, engine]) => !engine)).to.deep.equal([]);
    });

  it('is needed for that', async () => {
    const through = await ask<Record<string, boolean>>(undefined, everyWay);
    expect(Object.entries(through).filter(([, engine]) => engine)).to.deep.equal([]);
  });

  it('works in a program of CommonJS, by a flag and by require', async () => {
    const program = pathToFileURL(at('test/register/program.cjs'));
    expect(await runNodeForValue(program, byFlag.options)).to.deep.equal([true, true, true]);
    expect(await runNodeForValue(program, { args: ['require'] })).to.deep.equal([true, true, true]);
    expect(await runNodeForValue(program)).to.deep.equal([false, false, false]);
  });

  it("leaves the module as Node's, down to names, lengths and who calls whom", async () => {
    const [plain, registered] = await Promise.all([ask(undefined, likeness), ask(byFlag, likeness)]);
    expect(registered).to.deep.equal(plain);
  });

  it("makes children of Node's own class, which stays where it is", async () => {
    const same = await ask(
      undefined,
      `
      import childProcess from 'node:child_process';
      const { ChildProcess } = childProcess;
      await import('forkless/register');
      const child = childProcess.spawn('true');
      say([child instanceof ChildProcess, childProcess.ChildProcess === ChildProcess, child.constructor.name]);
    `,
    );
    expect(same).to.deep.equal([true, true, 'ChildProcess']);
  });

  it('lets others patch what it has put there, and does not undo it when it is loaded again, or by a second copy', async () => {
    const result = await ask<object>(
      byFlag,
      `
      import { cpSync, rmSync } from 'node:fs';
      import childProcess from 'node:child_process';
      const ours = childProcess.spawn;
      const patched = function () {
        return ours.apply(this, arguments);
      };
      childProcess.spawn = patched;
      await import(import.meta.resolve('forkless/register') + '?again');
      const copy = new URL('../../../dist-copy-' + process.pid + '/', import.meta.url);
      cpSync(new URL('../../../dist/', import.meta.url), copy, { recursive: true });
      try {
        await import(copy.href + 'register.js');
        const { spawn: theirs } = await import(copy.href + 'child_process/index.js');
        say({
          kept: childProcess.spawn === patched,
          first: await throughUs(() => childProcess.spawn('true')),
          second: await throughUs(() => theirs('true')),
        });
      } finally {
        rmSync(copy, { recursive: true });
      }
    `,
    );
    expect(result).to.deep.equal({ kept: true, first: true, second: true });
  });

  it('puts there the very functions of forkless/child_process', async () => {
    const different = await ask(
      byFlag,
      `
      import childProcess from 'node:child_process';
      import * as ours from 'forkless/child_process';
      say(Object.keys(childProcess).filter((name) => name in ours && childProcess[name] !== ours[name]));
    `,
    );
    expect(different).to.deep.equal([]);
  });

  for (const way of [byFlag, byImport])
    it(`by ${way.title} reaches cluster, whose workers share a port and talk`, async () => {
      const result = await ask<object>(
        way,
        `
        const { default: cluster } = await import('node:cluster');
        const { connect, createServer } = await import('node:net');
        if (cluster.isPrimary) {
          const before = countStarts();
          const workers = [cluster.fork(), cluster.fork({ GREETING: 'hello' })];
          const [[{ port }]] = await Promise.all(workers.map((worker) => once(worker, 'message')));
          const answers = [];
          for (let i = 0; i < 4; i++) {
            const socket = connect(port, '127.0.0.1').setEncoding('utf8');
            let text = '';
            for await (const chunk of socket) text += chunk;
            answers.push(text);
          }
          const exits = workers.map((worker) => once(worker, 'exit'));
          for (const worker of workers) worker.send('end');
          say({ starts: countStarts() - before, answers: answers.sort(), exits: await Promise.all(exits) });
        } else {
          const server = createServer((socket) => socket.end(process.env.GREETING ?? 'hi'));
          server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
          process.once('message', () => process.exit(3));
        }
      `,
      );
      expect(result).to.deep.equal({
        starts: 2,
        answers: ['hello', 'hello', 'hi', 'hi'],
        exits: [
          [3, null],
          [3, null],
        ],
      });
    });
});
