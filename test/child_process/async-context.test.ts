import { expect } from 'chai';
import { major, sameProgram, sameScript } from './oracle.js';

describe('asynchronous context', () => {
  sameProgram(
    'is kept for the listeners of a child and of its streams',
    'context-of-listeners',
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
  sameProgram('is not mixed up between children that run at the same time', 'context-of-many', ({ stdout }) =>
    expect(stdout).to.equal('[]\n'),
  );
  sameProgram(
    'has a resource PROCESSWRAP from the start to the end, in which the listeners run',
    'resource-lifetime',
    ({ stdout }) =>
      expect(stdout).to.match(/^init,before,exit true true,close true,after,destroy \[ true \]\n/),
  );
  sameProgram(
    'sees the resource types PIPEWRAP and PROCESSWRAP as with Node',
    'resource-types',
    ({ stdout }) => expect(stdout).to.match(/\["PIPEWRAP",3\].*\["PROCESSWRAP",1\]/),
  );
  sameProgram('is restored after a listener has thrown', 'context-after-throw', ({ stdout }) =>
    expect(stdout).to.equal('uncaught first first,uncaught second second undefined\n'),
  );
  sameProgram(
    'includes the domain: errors in listeners go to it',
    'domain',
    ({ stdout }) => expect(stdout).to.match(/domain in exit/),
    { anyOrder: true },
  );
});

describe('diagnostics channels', () => {
  sameProgram(
    "'child_process' publishes each child before it is spawned",
    'channel-before-spawn',
    ({ stdout }) =>
      expect(
        stdout.match(/^child_process \[ 'process' \] ChildProcess undefined null/gm),
      ).to.have.length.at.least(5),
  );
  sameProgram(
    "'child_process.spawn' publishes each start, where this Node does",
    'channel-traces',
    ({ stdout }) => {
      if (major >= 24) expect(stdout).to.match(/^start .*\nend /);
    },
  );
  sameScript(
    'NODE_DEBUG=child_process prints the same',
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
