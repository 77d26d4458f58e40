import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { cleanEnvironment, placePackage } from '../support/packed.js';
import { tempPath } from '../support/temp.js';
import { ask, byFlag, byImport, ways } from './program.js';

/** Programs for Workers, each in its form. They start one child, wait for it, and tell what `tell` is. */
const forms = `
  import { mkdirSync, writeFileSync } from 'node:fs';
  import workerThreads, { SHARE_ENV, Worker } from 'node:worker_threads';
  const folder = tempPath('workers');
  mkdirSync(folder);
  const common = (tell = "'done'") =>
    "const { parentPort, Worker, ...rest } = require('node:worker_threads');" +
    "require('child_process').spawn('/bin/true').on('close', () => parentPort.postMessage(" + tell + "));";
  const modern = (tell = "'done'") =>
    "import { spawn } from 'node:child_process'; import { parentPort } from 'node:worker_threads';" +
    "spawn('/bin/true').on('close', () => parentPort.postMessage(" + tell + "));";
  const file = (name, text) => {
    writeFileSync(folder + '/' + name, text);
    return folder + '/' + name;
  };
  const messageOf = async (worker) => {
    const [[message]] = await Promise.all([once(worker, 'message'), once(worker, 'exit')]);
    return message;
  };
`;

const everyKind = `
  ${forms}
  const esm = file('worker.mjs', modern());
  const cjs = file('worker.cjs', common());
  const nested = file(
    'nested.cjs',
    "const { parentPort, Worker } = require('worker_threads');" +
      "new Worker(" + JSON.stringify(esm) + ", { execArgv: [] }).on('message', (message) => parentPort.postMessage(message));",
  );
  class Own extends Worker {}
  const kinds = {
    'an ES module': () => new Worker(esm),
    'a URL': () => new Worker(new URL('file://' + esm)),
    'a CommonJS file': () => new Worker(cjs),
    'text': () => new Worker(common(), { eval: true }),
    'text, without flags': () => new Worker(common(), { eval: true, execArgv: [] }),
    'a data: URL': () => new Worker(new URL('data:text/javascript,' + encodeURIComponent(modern()))),
    'without flags': () => new Worker(esm, { execArgv: [] }),
    'CommonJS without flags': () => new Worker(cjs, { execArgv: [] }),
    'with other flags': () => new Worker(esm, { execArgv: ['--no-warnings', '--conditions', 'dev'] }),
    'with an environment of its own': () => new Worker(cjs, { env: { PATH: process.env.PATH } }),
    'with no environment': () => new Worker(esm, { env: {} }),
    'with the same environment': () => new Worker(cjs, { env: SHARE_ENV }),
    'with neither flags nor environment': () => new Worker(cjs, { env: {}, execArgv: [] }),
    'made by a Worker': () => new Worker(nested),
    'of a class of its own': () => new Own(esm, { execArgv: [] }),
    'of the module object': () => new workerThreads.Worker(cjs),
    'of Reflect': () => Reflect.construct(Worker, [esm, { execArgv: [] }], Own),
  };
  const through = {};
  for (const [kind, make] of Object.entries(kinds)) through[kind] = await throughUs(() => messageOf(make()));
  say(through);
`;

describe('Workers under forkless/register', () => {
  for (const way of ways)
    it(`of every kind register too, by ${way.title}`, async () => {
      const through = await ask<Record<string, boolean>>(way, everyKind);
      expect(Object.entries(through).filter(([, engine]) => !engine)).to.deep.equal([]);
      expect(Object.keys(through)).to.have.length(17);
    });

  it('register although the program has flags that no Worker may be given', async () => {
    const through = await ask<Record<string, boolean>>(byImport, everyKind, {
      nodeArgs: ['--max-old-space-size=500', '--title', 'x y', '--conditions', 'dev', '--expose_gc'],
    });
    expect(Object.entries(through).filter(([, engine]) => !engine)).to.deep.equal([]);
  });

  it('see the flags that they would see without it, and so do the children that they fork', async () => {
    const script = `
      ${forms}
      const child = file('child.mjs', 'process.send(process.execArgv)');
      const worker = file(
        'flags.cjs',
        "const { parentPort } = require('node:worker_threads');" +
          "require('node:child_process').fork(" + JSON.stringify(child) + ")" +
          ".on('message', (forked) => parentPort.postMessage({ own: process.execArgv, forked }));",
      );
      const nested = file(
        'nested.cjs',
        "const { parentPort, Worker } = require('worker_threads');" +
          "new Worker(" + JSON.stringify(worker) + ").on('message', (message) => parentPort.postMessage(message));",
      );
      say([
        await messageOf(new Worker(worker)),
        await messageOf(new Worker(worker, { execArgv: ['--no-warnings'] })),
        await messageOf(new Worker(worker, { execArgv: ['--no-warnings', '--', 'x'] })),
        await messageOf(new Worker(nested)),
        process.execArgv,
      ]);
    `;
    const nodeArgs = ['--max-old-space-size=500', '--title', 'x', '--conditions', 'dev'];
    const [plain, registered] = await Promise.all([
      ask(undefined, script, { nodeArgs }),
      ask(byImport, script, { nodeArgs }),
    ]);
    expect(registered).to.deep.equal(plain);
  });

  it('get their options as they are given', async () => {
    const script = `
      import { withoutRequireWarning } from '${new URL('../support/require-warning.js', import.meta.url).href}';
      ${forms}
      const telling = "{ argv: process.argv.slice(2), env: { ...process.env }, execArgv: process.execArgv," +
        "data: rest.workerData, limits: rest.resourceLimits, environmentData: rest.getEnvironmentData('key'), name: rest.threadName }";
      class Options {
        get env() { return { PATH: process.env.PATH, KEY: 'value' }; }
        get workerData() { return [1, { two: new Map([[3, 4]]) }].map((each) => each.two?.size ?? each); }
      }
      const { port1 } = new MessageChannel();
      workerThreads.setEnvironmentData('key', 'of the parent');
      const outputs = async (worker) => {
        worker.stdin.end('in');
        const text = async (stream) => (await stream.toArray()).join('');
        return Promise.all([text(worker.stdout), text(worker.stderr).then(withoutRequireWarning), once(worker, 'exit')]);
      };
      say([
        await messageOf(new Worker(common(telling), { eval: true, argv: ['a', 5], env: { PATH: process.env.PATH }, name: 'named',
          workerData: { a: 1 }, resourceLimits: { maxOldGenerationSizeMb: 100 } })),
        await messageOf(new Worker(file('class.cjs', common(telling)), new Options())),
        await messageOf(new Worker(file('port.cjs', common('typeof rest.workerData.postMessage')), { workerData: port1, transferList: [port1] })),
        await outputs(new Worker("console.log('out'); console.error('err'); process.stdin.pipe(process.stdout); process.exitCode = 5", {
          eval: true, stdin: true, stdout: true, stderr: true,
        })),
        workerThreads.getEnvironmentData('key'),
      ]);
    `;
    const [plain, registered] = await Promise.all([ask(undefined, script), ask(byImport, script)]);
    expect(registered).to.deep.equal(plain);
  });

  it('are refused what they are refused without it', async () => {
    const script = `
      ${forms}
      const text = common();
      const attempts = [
        () => Worker(text, { eval: true }),
        () => new Worker(),
        () => new Worker(5),
        () => new Worker('relative.js'),
        () => new Worker(text, null),
        () => new Worker(new URL('file:///x'), { eval: true }),
        () => new Worker(text, { eval: true, execArgv: 5 }),
        () => new Worker(text, { eval: true, execArgv: ['--expose-gc', '--no-such-flag'] }),
        () => new Worker(text, { eval: true, argv: 5 }),
        () => new Worker(text, { eval: true, env: 5 }),
        () => new Worker(text, { eval: true, env: { NODE_OPTIONS: '--title=x' } }),
        () => new Worker(text, { eval: true, resourceLimits: 5, name: 5 }),
        () => new Worker(text, { eval: true, workerData: () => {} }),
      ];
      const said = attempts.map((attempt) => {
        try {
          attempt();
          return 'nothing';
        } catch ({ name, code, message }) {
          return { name, code, message };
        }
      });
      const late = new Worker('/no/such/file.js');
      const [{ name, code, message }] = await once(late, 'error');
      say([said, name, code, message]);
      process.exit();
    `;
    const [plain, registered] = await Promise.all([ask(undefined, script), ask(byImport, script)]);
    expect(registered).to.deep.equal(plain);
  });

  it("are instances of Node's class, which the module object still names by its name", async () => {
    const script = `
      ${forms}
      const { Worker: Stock } = workerThreads;
      await import('forkless/register');
      const worker = new workerThreads.Worker(common(), { eval: true });
      const [{ name, length, prototype }] = [workerThreads.Worker];
      say([
        worker instanceof Stock, worker instanceof workerThreads.Worker, new Stock('', { eval: true }) instanceof workerThreads.Worker,
        name, length, prototype === Stock.prototype, Worker === workerThreads.Worker,
      ]);
    `;
    expect(await ask(undefined, script)).to.deep.equal([true, true, true, 'Worker', 1, true, true]);
  });

  it('run where require() of ES modules is switched off', async () => {
    for (const [way, nodeArgs] of [
      [byFlag, ['--no-experimental-require-module']],
      [byImport, ['--no-experimental-require-module']],
      [byImport, []],
    ] as const) {
      const execArgv = nodeArgs.length > 0 ? 'undefined' : "['--no-experimental-require-module']";
      const script = `
        ${forms}
        const worker = () => new Worker(file('worker.mjs', modern()), { execArgv: ${execArgv} });
        say([
          await throughUs(() => messageOf(worker())),
          await messageOf(new Worker(common(), { eval: true, execArgv: ${execArgv} })),
        ]);
      `;
      expect(await ask(way, script, { nodeArgs: [...nodeArgs] })).to.deep.equal([true, 'done']);
    }
  });

  it('keep the flags of NODE_OPTIONS after the program has changed it', async () => {
    const script = `
      ${forms}
      delete process.env.NODE_OPTIONS;
      say(await messageOf(new Worker(common('globalThis.preloaded'), { eval: true })));
    `;
    const preload = new URL('../../test/register/preloaded.cjs', import.meta.url).pathname;
    expect(await ask(byImport, script, { env: { NODE_OPTIONS: `--require=${preload}` } })).to.equal(
      'preloaded',
    );
  });

  it('inherit the registration of a flag where they could not be given one', async () => {
    const script = `
      ${forms}
      process.env.NODE_OPTIONS = '--no-warnings';
      const esm = file('worker.mjs', modern());
      const through = await throughUs(() => messageOf(new Worker(esm)));
      say([through, await throughUs(() => messageOf(new Worker(esm, { execArgv: [] })))]);
    `;
    const env = { NODE_OPTIONS: undefined };
    expect(await ask(byFlag, script, { env })).to.deep.equal([true, true]);
    expect(await ask(byImport, script, { env })).to.deep.equal([false, true]);
  });

  it('print nothing that they would not print without it, where the package is installed', () => {
    const folder = placePackage(tempPath('installed'));
    const text =
      "require('node:worker_threads').parentPort.postMessage(require('node:child_process').spawn.toString());";
    writeFileSync(path.join(folder, 'worker.cjs'), text);
    writeFileSync(
      path.join(folder, 'main.mjs'),
      `import 'forkless/register';
       import { spawn } from 'node:child_process';
       import { Worker } from 'node:worker_threads';
       for (const worker of [new Worker(${JSON.stringify(text)}, { eval: true }), new Worker('./worker.cjs')])
         worker.on('message', (message) => console.log(message === spawn.toString()));`,
    );
    const { status, stdout, stderr } = spawnSync(process.execPath, ['main.mjs'], {
      cwd: folder,
      env: cleanEnvironment,
      encoding: 'utf8',
    });
    expect({ status, stdout, stderr }).to.deep.equal({ status: 0, stdout: 'true\ntrue\n', stderr: '' });
  });
});
