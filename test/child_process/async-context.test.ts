import { expect } from 'chai';
import { major, sameScript } from './oracle.js';

describe('asynchronous context', () => {
  sameScript(
    'is kept for the listeners of a child and of its streams',
    `import { AsyncLocalStorage } from 'node:async_hooks';
     import { once } from 'node:events';
     const storage = new AsyncLocalStorage();
     const seen = new Map();
     const note = (what) => () => { seen.set(what, storage.getStore()); };
     const started = (name, start) => storage.run(name, start);
     const child = started('run', () => cp.spawn('/bin/sh', ['-c', 'cat; echo out; echo err >&2']));
     for (const event of ['spawn', 'exit', 'close']) child.on(event, note(event));
     for (const name of ['stdout', 'stderr']) for (const event of ['data', 'end', 'close']) child[name].on(event, note(name + ' ' + event));
     child.stdin.end('in');
     const missing = started('missing', () => cp.spawn('/no/such'));
     missing.on('error', note('error')); missing.on('close', note('close after error'));
     const aborted = started('aborted', () => cp.spawn('sleep', ['30'], { signal: AbortSignal.abort() }));
     aborted.on('error', note('abort')); aborted.on('exit', note('exit after abort'));
     const timed = started('timed', () => cp.spawn('sleep', ['30'], { timeout: 20 }));
     timed.on('exit', note('timeout'));
     started('exec', () => cp.exec('echo a; exit 3', note('exec')));
     started('execFile', () => cp.execFile('/no/such', note('execFile')));
     started('fork', () => cp.fork('/dev/null', { stdio: 'ignore' })).on('exit', note('fork')).on('disconnect', note('disconnect'));
     process.on('exit', () => console.log(JSON.stringify([...seen].sort(([a], [b]) => a < b ? -1 : 1), null, 1)));`,
    ({ stdout }) => {
      const seen = new Map<string, string>(JSON.parse(stdout));
      for (const event of ['spawn', 'exit', 'close', 'stdout data', 'stderr end'])
        expect(seen.get(event), event).to.equal('run');
      expect([seen.get('error'), seen.get('timeout'), seen.get('exec'), seen.get('fork')]).to.deep.equal([
        'missing',
        'timed',
        'exec',
        'fork',
      ]);
    },
  );
  sameScript(
    'is told apart for children that run at the same time',
    `import { AsyncLocalStorage } from 'node:async_hooks';
     const storage = new AsyncLocalStorage();
     const wrong = [];
     for (let n = 0; n < 40; n += 1)
       storage.run(n, () => {
         const child = cp.spawn('/bin/echo', [String(n)]);
         child.on('exit', () => { if (storage.getStore() !== n) wrong.push(['exit', n]); });
         child.on('close', () => { if (storage.getStore() !== n) wrong.push(['close', n]); });
         child.stdout.on('data', (text) => { if (storage.getStore() !== Number(text)) wrong.push(['data', n]); });
       });
     process.on('exit', () => console.log(JSON.stringify(wrong)));`,
    ({ stdout }) => expect(stdout).to.equal('[]\n'),
  );
  sameScript(
    'has a resource PROCESSWRAP from the start to the end, in which the listeners run',
    `import { createHook, executionAsyncId, triggerAsyncId } from 'node:async_hooks';
     const log = []; const ids = new Map();
     createHook({
       init(id, type, trigger) { if (type === 'PROCESSWRAP') { ids.set(id, trigger); log.push('init'); } },
       before(id) { if (ids.has(id)) log.push('before'); },
       after(id) { if (ids.has(id)) log.push('after'); },
       destroy(id) { if (ids.has(id)) log.push('destroy'); },
     }).enable();
     const here = executionAsyncId();
     const child = cp.spawn('/bin/true', { stdio: 'ignore' });
     child.on('exit', () => { log.push('exit ' + ids.has(executionAsyncId()) + ' ' + (triggerAsyncId() === here)); });
     child.on('close', () => { log.push('close ' + ids.has(executionAsyncId()));
       const told = setInterval(() => { if (!log.includes('destroy')) return; clearInterval(told); console.log(log.join().replaceAll('before,after,', ''), [...ids.values()].map((id) => id === here)); }, 1); });`,
    ({ stdout }) =>
      expect(stdout).to.match(/^init,before,exit true true,close true,after,destroy \[ true \]\n/),
  );
  sameScript(
    'has the types of its resources, and no others but ours',
    `import { createHook } from 'node:async_hooks';
     const types = new Map([[process.stdout && process.stderr, 0]]);
     createHook({ init(id, type) { types.set(type, (types.get(type) ?? 0) + 1); } }).enable();
     const child = cp.spawn('/bin/sh', ['-c', 'echo a']);
     child.stdout.resume(); child.stderr.resume();
     child.on('close', () => { console.log(JSON.stringify([...types].filter(([type]) => /^(PIPEWRAP|PROCESSWRAP)$/.test(type)).sort())); });`,
    ({ stdout }) => expect(stdout).to.match(/\["PIPEWRAP",3\].*\["PROCESSWRAP",1\]/),
  );
  sameScript(
    'comes back after an error that is thrown in a listener',
    `import { AsyncLocalStorage } from 'node:async_hooks';
     const storage = new AsyncLocalStorage();
     const log = [];
     process.on('uncaughtException', ({ message }) => log.push('uncaught ' + message + ' ' + storage.getStore()));
     for (const name of ['first', 'second'])
       storage.run(name, () => cp.spawn('/bin/true', { stdio: 'ignore' }).on('exit', () => { throw new Error(name); }));
     process.on('exit', () => console.log(log.sort().join(), storage.getStore()));`,
    ({ stdout }) => expect(stdout).to.equal('uncaught first first,uncaught second second undefined\n'),
  );
  sameScript(
    'is that of a domain: errors in its listeners go there',
    `import domain from 'node:domain';
     const d = domain.create();
     d.on('error', (error) => console.log('domain', error.message, error.domainThrown, error.domainEmitter !== undefined));
     d.run(() => {
       const child = cp.spawn('/bin/true', { stdio: 'ignore' });
       console.log(child.domain === d, Object.keys(child)[0]);
       child.on('exit', () => { throw new Error('in exit'); });
       cp.spawn('/no/such', { stdio: 'ignore' });
       cp.exec('true', () => { throw new Error('in exec'); });
     });`,
    ({ stdout }) => expect(stdout).to.match(/domain in exit/),
    { anyOrder: true },
  );
});

describe('diagnostics channels', () => {
  sameScript(
    "'child_process' tells each child before it is spawned",
    `import { channel } from 'node:diagnostics_channel';
     channel('child_process').subscribe((message, name) => {
       const { process: child } = message;
       console.log(String(name), Object.keys(message), child.constructor.name, child.pid, child.spawnfile, Object.keys(child).filter((key) => key !== '_handle').join());
     });
     cp.spawn('/bin/true', { stdio: 'ignore' });
     cp.spawn('/no/such').on('error', () => {});
     cp.exec('true'); cp.execFile('/bin/true'); cp.fork('/dev/null', { stdio: 'ignore' });
     try { cp.spawn('/bin/true', { stdio: 'wrong' }); } catch { console.log('thrown'); }
     try { cp.spawn(''); } catch { console.log('thrown'); }`,
    ({ stdout }) =>
      expect(
        stdout.match(/^child_process \[ 'process' \] ChildProcess undefined null/gm),
      ).to.have.length.at.least(5),
  );
  sameScript(
    "'child_process.spawn' traces, where this Node does",
    `import { tracingChannel } from 'node:diagnostics_channel';
     const tell = (phase) => (message) => {
       const { process: child, error, options } = message;
       console.log(phase, Object.keys(message).join(), child.spawnfile, typeof child.pid, error?.message, error?.code, options && Object.keys(options).join(), options?.args?.join(' '));
     };
     tracingChannel('child_process.spawn').subscribe({ start: tell('start'), end: tell('end'), error: tell('error'), asyncStart: tell('asyncStart'), asyncEnd: tell('asyncEnd') });
     cp.spawn('/bin/true', ['a'], { stdio: 'ignore' });
     cp.spawn('/no/such').on('error', () => {});
     try { cp.spawn('/etc/passwd/x'); } catch ({ message }) { console.log(message); }
     cp.exec('true'); cp.fork('/dev/null', { stdio: 'ignore' });
     cp.fork('/dev/null'); cp.fork('/dev/null', ['a'], { silent: true, env: process.env, shell: true, execPath: undefined, cwd: '/', execArgv: [] });
     cp.fork('/dev/null', { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], execPath: process.execPath });`,
    ({ stdout }) => {
      if (major >= 24) expect(stdout).to.match(/^start .*\nend /);
    },
  );
  sameScript(
    'NODE_DEBUG=child_process says the same',
    `cp.spawn('/bin/true', ['a'], { stdio: 'ignore', env: { A: 'b' } });
     cp.fork('/dev/null', { silent: true, env: { A: 'b' } });
     cp.spawnSync('/no/such', { env: { A: 'b' } }); cp.spawnSync('/no/such', { env: {} });
     try { cp.execFileSync('/no/such', { env: {}, timeout: 5000 }); } catch { console.log('thrown'); }`,
    ({ stderr }) => {
      expect(stderr).to.match(/CHILD_PROCESS PID: spawn/);
      expect(stderr.match(/spawnSync/g)).to.have.length(3);
    },
    { env: { NODE_DEBUG: 'child_process' } },
  );
});
