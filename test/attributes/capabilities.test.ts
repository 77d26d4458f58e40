// What a program may do by its capabilities. Each effect stands beside the same act without it.
import { chmodSync, copyFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import type { Capabilities, SpawnAttributes } from 'forkless';
import { explain, explainSpawn } from 'forkless';
import { startProcessSync } from '#lib/posix/start.js';
import { uidRun } from '../support/launchers.js';
import { alike, atEveryDoor } from '../support/outcomes.js';
import type { ProbeReport } from '../support/probe.js';
import { askProbe, probePath } from '../support/probe.js';
import { statusField } from '../support/proc.js';
import { runProgram } from '../support/program.js';
import { doors, makeFile } from '../support/starts.js';
import { tempPath } from '../support/temp.js';

const USER = 4242;
const [CHOWN, KILL, NET_BIND_SERVICE] = [1n << 0n, 1n << 5n, 1n << 10n];

const setOf = (hex: string): bigint => BigInt(`0x${hex}`);
const setsOf = ({ capInh, capPrm, capEff, capBnd, capAmb }: ProbeReport) => ({
  inheritable: setOf(capInh),
  permitted: setOf(capPrm),
  effective: setOf(capEff),
  bounding: setOf(capBnd),
  ambient: setOf(capAmb),
});

describe('capabilities', () => {
  let program: string;
  const own = () => ({ permitted: setOf(statusField('CapPrm')), bounding: setOf(statusField('CapBnd')) });

  before(function () {
    if (process.getuid?.() !== 0) return this.skip(); // nobody else has any to give
    program = tempPath('probe');
    copyFileSync(probePath, program);
  });

  for (const [name, start] of doors)
    describe(`of a child of ${name}`, () => {
      const ask = async (capabilities?: Capabilities, options: SpawnAttributes = {}) =>
        setsOf(await askProbe({ ...options, capabilities }, (_path, argv, all) => start(program, argv, all)));

      it('are those of the parent where none is given, or none of the sets', async () => {
        const plain = { ...own(), effective: own().permitted, inheritable: 0n, ambient: 0n };
        for (const capabilities of [undefined, {}, { ambient: undefined }])
          expect(await ask(capabilities)).to.deep.equal(plain);
      });

      it('are what another user gets, and nothing else', async () => {
        const one = NET_BIND_SERVICE;
        expect(await ask({ ambient: ['net_bind_service'] }, { uid: USER })).to.deep.equal({
          inheritable: one,
          permitted: one,
          effective: one,
          bounding: own().bounding,
          ambient: one,
        });
        expect(await ask(undefined, { uid: USER })).to.include({ permitted: 0n, ambient: 0n });
        expect(await ask({ bounding: 'all' }, { uid: USER })).to.include({ permitted: 0n, ambient: 0n });
      });

      it("are, with 'all', those of the parent, whichever it lacks", async () => {
        const { permitted, bounding } = own();
        const all = { bounding: 'all', inheritable: 'all', ambient: 'all' } as const;
        expect(await ask(all, { uid: USER })).to.deep.equal({
          inheritable: permitted & bounding,
          permitted: permitted & bounding,
          effective: permitted & bounding,
          bounding,
          ambient: permitted & bounding,
        });
      });

      it('bound what root has, and empty the inheritable set with it', async () => {
        const none = { inheritable: 0n, permitted: 0n, effective: 0n, bounding: 0n, ambient: 0n };
        expect(await ask({ bounding: [] })).to.deep.equal(none);
        expect(await ask({ bounding: ['chown', 'kill'] })).to.deep.equal({
          ...none,
          bounding: CHOWN | KILL,
          permitted: CHOWN | KILL,
          effective: CHOWN | KILL,
        });
        expect(await ask({ bounding: ['chown'], inheritable: 'all', ambient: 'all' })).to.deep.equal({
          inheritable: CHOWN,
          permitted: CHOWN,
          effective: CHOWN,
          bounding: CHOWN,
          ambient: CHOWN,
        });
      });

      it('are inheritable without being ambient, and ambient ones are inheritable besides', async () => {
        expect(await ask({ inheritable: ['kill'] }, { uid: USER })).to.include({
          inheritable: KILL,
          permitted: 0n,
          ambient: 0n,
        });
        const both = await ask({ inheritable: ['kill'], ambient: ['chown'] }, { uid: USER });
        expect(both).to.include({ inheritable: KILL | CHOWN, permitted: CHOWN, ambient: CHOWN });
      });
    });

  it('let another user read what only root may read, and without them not', async () => {
    const secret = makeFile('secret', 0o600, tempPath('secret'));
    const command = ['/bin/sh', '-c', 'cat "$0" 2>&-', secret] as const;
    const cat = (options: SpawnAttributes) => atEveryDoor([...command], { uid: USER, ...options });
    const refused = { out: '', code: 1, signal: null };
    expect(await cat({})).to.deep.equal(alike(refused));
    expect(await cat({ capabilities: { ambient: ['kill'] } })).to.deep.equal(alike(refused));
    expect(await cat({ capabilities: { ambient: ['dac_override'] } })).to.deep.equal(
      alike({ out: 'secret', code: 0, signal: null }),
    );
  });

  it('take from root what is not bounding', async () => {
    const file = tempPath();
    writeFileSync(file, '');
    const command = ['/bin/sh', '-c', 'chown 1:1 "$0" 2>&-', file] as const;
    const chown = (options: SpawnAttributes) => atEveryDoor([...command], options);
    expect(await chown({ capabilities: { bounding: ['chown'] } })).to.deep.equal(
      alike({ out: '', code: 0, signal: null }),
    );
    writeFileSync(file, '');
    expect(await chown({ capabilities: { bounding: ['kill'] } })).to.deep.equal(
      alike({ out: '', code: 1, signal: null }),
    );
  });

  it('do not help exec: a program that the new user may not run is EACCES', async () => {
    const mine = tempPath('program');
    copyFileSync('/bin/true', mine);
    chmodSync(mine, 0o700);
    const options = { uid: USER, capabilities: { ambient: ['kill'] } } as const;
    expect(await atEveryDoor([mine], options)).to.deep.equal(
      alike({ error: { code: 'EACCES', step: 'execve', syscall: 'execve' } }),
    );
  });

  it('that the parent does not have are EPERM of their step', async () => {
    const inside = ['setpriv', '--bounding-set=-kill', '--inh-caps=-kill'];
    const asked = (capabilities: Capabilities) =>
      runProgram(import.meta.url, 'at-every-door', { capabilities }, { launcher: inside });
    for (const set of ['ambient', 'inheritable', 'bounding'] as const)
      expect(await asked({ [set]: ['kill'] })).to.deep.equal(
        alike({
          error: {
            code: 'EPERM',
            step: `capability-${set}`,
            syscall: set === 'inheritable' ? 'capset' : 'prctl',
          },
        }),
      );
    expect(await asked({ bounding: 'all', inheritable: 'all', ambient: 'all' })).to.deep.equal(
      alike({ out: '', code: 0, signal: null }),
    );
  });

  it('leave the inheritable set with the bounding one (CVE-2022-24769)', async () => {
    const launcher = ['setpriv', '--inh-caps=+kill,+chown'];
    const asked = async (capabilities: Capabilities) =>
      setsOf(await runProgram(import.meta.url, 'own-memory-asked', { capabilities }, { launcher }));
    expect(await asked({})).to.include({ inheritable: KILL | CHOWN });
    expect(await asked({ bounding: ['chown'] })).to.include({ inheritable: CHOWN, bounding: CHOWN });
    expect(await asked({ inheritable: [] })).to.include({ inheritable: 0n });
  });

  it('of an ordinary user can be emptied, and nothing else', async () => {
    const asked = (capabilities: Capabilities) =>
      runProgram(
        import.meta.url,
        'at-every-door',
        { capabilities, uid: USER },
        { launcher: uidRun(USER, USER) },
      );
    const refused = (step: string, syscall = 'prctl') => alike({ error: { code: 'EPERM', step, syscall } });
    // `uid` alone drops the groups, which this user may not: the drop-in does not mind
    const alone = (capabilities: Capabilities) =>
      runProgram(import.meta.url, 'at-every-door', { capabilities }, { launcher: uidRun(USER, USER) });
    expect(await alone({ ambient: [], inheritable: [] })).to.deep.equal(
      alike({ out: '', code: 0, signal: null }),
    );
    expect(await alone({ bounding: [] })).to.deep.equal(refused('capability-bounding'));
    expect(await alone({ ambient: ['kill'] })).to.deep.equal(refused('capability-ambient'));
    expect(await alone({ inheritable: ['kill'] })).to.deep.equal(refused('capability-inheritable', 'capset'));
    expect(await asked({ ambient: ['kill'] })).to.deep.include({
      spawn: { error: { code: 'EPERM', step: 'capability-ambient', syscall: 'prctl' } },
    });
  });

  it('that the kernel does not know are EINVAL of their step', () => {
    for (const op of ['capability-bounding', 'capability-inheritable', 'capability-ambient'] as const) {
      const plan = {
        steps: [
          { op, capabilitySet: 1n << 62n },
          { op: 'execve', path: '/bin/true' },
        ],
        argv: ['true'],
        env: 'environ',
        sigdefault: 0n,
        sigignore: 0n,
        sigmask: null,
        privateMemory: true,
        shellScripts: false,
        onlyNamed: false,
        mainParent: false,
      } as const;
      expect(() => startProcessSync({ file: '/bin/true', plan, cancel: null }))
        .to.throw()
        .that.includes({ code: 'EINVAL', step: op });
    }
  });
});

describe('the plan of capabilities', () => {
  it('keeps them over setuid, sets them after it, and then leaves what the program gets', () => {
    const capabilities: Capabilities = { ambient: ['chown'], bounding: ['kill', 'chown'], inheritable: [] };
    const steps = [
      'setgid 6',
      'capability-keep',
      'setuid 5',
      'capability-bounding chown kill',
      'capability-inheritable none',
      'capability-ambient chown',
      'capability-lower',
    ];
    for (const plan of [
      explain('/x', ['x'], { capabilities, uid: 5, gid: 6 }),
      explainSpawn('/x', [], { capabilities, uid: 5, gid: 6 }),
    ])
      expect(plan.replace(/^ *\d+\. /gm, '')).to.include(
        `${steps.join('\n')}\nexecve`.replace(/\nexecve$/, '\n'),
      );
    expect(explain('/x', ['x'], { capabilities: { ambient: 'all' } })).to.not.include('capability-keep');
    expect(explain('/x', ['x'], { capabilities: {}, uid: 5 })).to.not.include('capability');
  });
});
