import { deepEqual, equal, match, notEqual, ok } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Checks } from './checks.js';
import { ask, statusFieldOf } from './running.js';

export const attributes: Checks = {
  'cwd is its directory': async () => {
    equal((await ask('pwd', { cwd: '/usr' })).output, '/usr\n');
  },

  'without cwd and umask it has those of this process': async () => {
    equal(
      (await ask('pwd; umask')).output,
      `${process.cwd()}\n0${process.umask().toString(8).padStart(3, '0')}\n`,
    );
  },

  'env is its environment': async () => {
    equal((await ask('echo "$A $B"', { env: { A: 'a', B: 'b c' } })).output, 'a b c\n');
    equal((await ask('echo "$A"', { env: ['A=list'] })).output, 'list\n');
  },

  'without env it has process.env as it is now': async () => {
    process.env['FORKLESS_LOADING'] = 'as it is now';
    equal((await ask('echo "$FORKLESS_LOADING"')).output, 'as it is now\n');
    delete process.env['FORKLESS_LOADING'];
    equal((await ask('printenv FORKLESS_LOADING || echo unset')).output, 'unset\n');
  },

  'argv and env are any bytes': async () => {
    const bytes = Uint8Array.of(0x58, 0x3d, 0xff, 0xfe);
    equal(
      (await ask('printenv X | od -An -tx1', { env: [bytes, 'PATH=/usr/bin:/bin'] })).output.trim(),
      'ff fe 0a',
    );
  },

  'umask is its mask': async () => {
    equal(await statusFieldOf('Umask', { umask: 0o37 }), '0037');
  },

  'setsid and pgroup make sessions and groups': async () => {
    const own = (await ask('ps -o pid=,pgid=,sid= -p $$', { setsid: true })).output.trim().split(/ +/);
    equal(new Set(own).size, 1);
    const [pid, pgid, sid] = (await ask('ps -o pid=,pgid=,sid= -p $$', { pgroup: 0 })).output
      .trim()
      .split(/ +/);
    equal(pid, pgid);
    notEqual(pid, sid);
  },

  'signals are blocked, ignored and set to their default as asked': async () => {
    equal(BigInt(`0x${await statusFieldOf('SigBlk', { sigmask: ['SIGUSR1'] })}`), 1n << 9n);
    ok(BigInt(`0x${await statusFieldOf('SigIgn', { sigignore: ['SIGUSR2'] })}`) & (1n << 11n));
    equal(BigInt(`0x${await statusFieldOf('SigIgn', { sigdefault: 'all' })}`), 0n);
  },

  'nothing of the runtime’s own signals goes to a program': async () => {
    equal(BigInt(`0x${await statusFieldOf('SigBlk', {})}`), 0n);
    equal(BigInt(`0x${await statusFieldOf('SigCgt', {})}`), 0n);
  },

  'it has the limits of this process': async () => {
    equal((await ask('cat /proc/self/limits')).output, readFileSync('/proc/self/limits', 'utf8'));
  },

  'schedPolicy and ids are set': async () => {
    match((await ask('cat /proc/self/sched', { schedPolicy: 'SCHED_BATCH' })).output, /^policy +: +3$/m);
    const groups = process.getuid?.() === 0 ? { uid: 65534, gid: 65534, groups: [65534] } : {};
    const id = process.getuid?.() === 0 ? 65534 : process.getuid?.();
    deepEqual((await statusFieldOf('Uid', groups)).split('\t'), Array(4).fill(`${id}`));
  },
};
