// What an attribute forbids, beside the same act without it.
import { chmodSync, chownSync, copyFileSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { uidRun } from '../support/launchers.js';
import { probePath } from '../support/probe.js';
import { runProgram } from '../support/program.js';
import { tempPath } from '../support/temp.js';

const USER = 4242;

/** What `programs/witness.ts` finds by each door. */
type Found<T> = Record<string, T>;

function byEveryDoor<T>(value: T): Found<T> {
  return { posixSpawn: value, posixSpawnSync: value, spawn: value, spawnSync: value };
}

function ask<T>(act: string, more: object = {}, launcher: string[] = []): Promise<Found<T>> {
  return runProgram<Found<T>>(import.meta.url, 'witness', { act, ...more }, { launcher });
}

describe('by every door', function () {
  this.timeout(60_000);

  it('a set-user-ID program gives its rights without noNewPrivs, and none with it', async function () {
    if (process.getuid?.() !== 0) return this.skip(); // nobody else can make one of root
    const program = tempPath('set-user-id');
    copyFileSync(probePath, program);
    chownSync(program, 0, 0);
    chmodSync(program, 0o6755);
    const found = await ask<object>('set-user-id', { program }, uidRun(USER, USER));
    const without = { users: [USER, 0, 0], groups: [USER, 0, 0], capabilities: true };
    const isHonoured = JSON.stringify(found).includes('"without":{"users":[4242,0,0]');
    if (!isHonoured) console.log('      the file system of the temporary folder is nosuid: not shown');
    if (!isHonoured) return this.skip();
    expect(found).to.deep.equal(
      byEveryDoor({
        without,
        with: { users: [USER, USER, USER], groups: [USER, USER, USER], capabilities: false },
      }),
    );
  });

  it('exec gives root its capabilities without noroot, and none with it', async function () {
    if (process.getuid?.() !== 0) return this.skip(); // nobody else has some
    expect(await ask('noroot')).to.deep.equal(byEveryDoor({ without: true, with: false }));
  });

  it('a locked bit is not taken back, one that is not locked is', async function () {
    if (process.getuid?.() !== 0) return this.skip(); // nobody else may set one
    const setpriv = (bits: string) => ['setpriv', '--securebits', bits];
    const act = 'clear-securebits';
    expect(await ask(act, {}, setpriv('+no_setuid_fixup,+no_setuid_fixup_locked'))).to.deep.equal(
      byEveryDoor({ code: 'EPERM', step: 'securebits', syscall: 'prctl' }),
    );
    expect(await ask(act, {}, setpriv('+no_setuid_fixup'))).to.deep.equal(byEveryDoor(0));
  });

  it('what the program starts has its real-time policy without schedResetOnFork, and not with it', async function () {
    if (process.getuid?.() !== 0) return this.skip(); // nobody else may set it
    expect(await ask('grandchild')).to.deep.equal(byEveryDoor({ without: [1, 5], with: [0, 0] }));
  });

  it('an orphan goes to the program with childSubreaper, and elsewhere without', async () => {
    expect(await ask('orphan')).to.deep.equal(byEveryDoor({ without: false, with: true }));
  });

  it('uname answers as a 32-bit system with linux32, and as it is without', async function () {
    if (process.arch !== 'x64') return this.skip(); // elsewhere it depends on the processor
    expect(await ask('uname')).to.deep.equal(byEveryDoor({ without: 'x86_64', with: 'i686' }));
  });

  it('addresses are the same twice with addr-no-randomize, and differ without', async function () {
    const randomised = readFileSync('/proc/sys/kernel/randomize_va_space', 'latin1').trim() !== '0';
    if (!randomised) return this.skip(); // nowhere
    expect(await ask('addresses')).to.deep.equal(byEveryDoor({ without: false, with: true }));
  });

  it('the whole personality is replaced', async () => {
    expect(await ask('personality', {}, ['setarch', '-R'])).to.deep.equal(
      byEveryDoor({ without: 0x40000, with: 0 }),
    );
  });

  it('supplementary groups are kept where that is asked for, and dropped otherwise', async function () {
    if (process.getuid?.() !== 0) return this.skip(); // nobody else has some to give
    const found = await ask('groups', { uid: 1234 }, ['setpriv', '--groups', '7,9']);
    expect(found).to.deep.equal(byEveryDoor({ without: [[], 1234], with: [[7, 9], 1234], alone: [7, 9] }));
  });

  it('a user without the right to set groups changes its group to its own only with keep', async function () {
    if (process.getuid?.() !== 0) return this.skip(); // nobody else can become one
    const refused = { code: 'EPERM', step: 'setgroups', syscall: 'setgroups' };
    const found = await ask('own-group', { gid: USER }, uidRun(USER, USER));
    expect(found).to.deep.equal({
      posixSpawn: { without: refused, with: USER },
      posixSpawnSync: { without: refused, with: USER },
      // as libuv has it
      spawn: { without: USER, with: USER },
      spawnSync: { without: USER, with: USER },
    });
  });

  it('a real-time program has the timer slack that it asks for, or the start fails', async function () {
    if (process.getuid?.() !== 0) return this.skip(); // nobody else may start one
    // newer kernels do not set it and report success
    for (const seen of Object.values(await ask('real-time-slack')))
      expect(seen).to.be.oneOf([77, 'EINVAL timer-slack']);
  });
});
