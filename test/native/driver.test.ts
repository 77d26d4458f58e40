// The engine without Node: its sources and the C driver compiled together, and run as they are, under valgrind, with
// sanitizers, and as a program of arm64.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { childSources } from '../plan/child-sources.js';
import { at } from '../support/paths.js';
import { slowness } from '../support/slowness.js';

const flags = [
  '-std=c11',
  '-O2',
  '-g',
  '-Wall',
  '-Wextra',
  '-Wconversion',
  '-Werror',
  '-D_GNU_SOURCE',
  // As binding.gypi has them: what is tested is what is shipped.
  '-fno-stack-protector',
  '-U_FORTIFY_SOURCE',
  '-fno-tree-loop-distribute-patterns',
];
const ARM64_COMPILER = 'aarch64-linux-gnu-gcc';
const ARM64_EMULATOR = 'qemu-aarch64-static';
const folder = at(`build/test/driver-${process.pid}`);

describe('the C driver', function () {
  this.timeout(120_000);

  before(() => mkdirSync(folder, { recursive: true }));
  after(() => rmSync(folder, { recursive: true, force: true }));

  describe('on this machine', () => {
    let driver: string;
    let runner: string;

    before(() => {
      driver = build('cc', 'driver', []);
      runner = buildRunner('cc');
    });

    it('passes on the rung that the ladder finds, which is the first', () => {
      expect(run(driver)).to.match(/^ok rung 1 checks \d+\n$/);
    });

    for (const rung of [1, 2, 3, 4])
      it(`passes on rung ${rung}`, () => {
        expect(run(driver, String(rung))).to.match(new RegExp(`^ok rung ${rung} checks \\d+\\n$`));
      });

    for (const rung of [1, 2, 3, 4])
      it(`comes to the same verdicts on rung ${rung} while filters refuse what it asks after the clone`, () => {
        expect(run(driver, String(rung), 'refusals')).to.match(
          new RegExp(`^ok rung ${rung} checks \\d+\\n$`),
        );
      });

    for (const rung of [1, 2, 3, 4])
      it(`has children leave its memory in the middle of their plan, on rung ${rung}`, () => {
        expect(runWith(runner, driver, String(rung), 'own-memory')).to.match(
          new RegExp(`^ok rung ${rung} checks \\d+\\n$`),
        );
      });

    // DRIVER_ROUNDS=20000 for a long run.
    for (const rung of [1, 2, 3])
      it(`gives no false verdict on them, killed at random moments, on rung ${rung}`, () => {
        expect(runWith(runner, driver, String(rung), 'own-memory-storm')).to.match(
          new RegExp(`^ok rung ${rung} checks \\d+\\n$`),
        );
      });

    // There getsid is 0, for the parent and the child: the session is one from outside.
    it('comes to the same verdicts in a new pid namespace, on rung 2 while filters refuse', function () {
      const namespace = ['--pid', '--fork', '--mount-proc'];
      if (spawnSync('unshare', [...namespace, 'true']).status !== 0)
        return skip(this, 'namespaces are forbidden here');
      expect(run('unshare', ...namespace, driver, '2', 'refusals')).to.match(/^ok rung 2 checks \d+\n$/);
    });

    // There a number in /proc is another process, if /proc is there at all.
    for (const [title, hide] of [
      ['of the namespace before', ''],
      ['of nobody', 'mount --make-rprivate / && mount -t tmpfs none /proc && '],
    ])
      it(`passes on rung 3 in a new pid namespace, where /proc is that ${title}`, function () {
        const script = `${hide}exec "$0" 3 no-proc`;
        const inside = ['--pid', '--mount', '--fork', 'sh', '-c', script, driver];
        if (spawnSync('unshare', ['--pid', '--mount', '--fork', 'true']).status !== 0)
          return skip(this, 'namespaces are forbidden here');
        expect(run('unshare', ...inside)).to.match(/^ok rung 3 checks \d+\n$/);
      });

    for (const rung of [1, 2, 3, 4])
      it(`gives a child to the main thread, whichever thread starts it, on rung ${rung}`, () => {
        expect(run(driver, String(rung), 'makers')).to.match(new RegExp(`^ok rung ${rung} checks \\d+\n$`));
      });

    it('gives a child to the main thread under strace -f, and under gdb', function () {
      if (!isThere('strace', this) || !isThere('gdb', this)) return;
      const traced = run('strace', '-f', '-qq', '-o', '/dev/null', driver, '1', 'makers');
      expect(traced).to.match(/^ok rung 1 checks \d+\n$/);
      const debugged = run('gdb', '--batch', '--nx', '--quiet', '-ex', 'run 3 makers', driver);
      expect(debugged)
        .to.match(/ok rung 3 checks \d+\n/)
        .and.contain('exited normally');
    });

    // The handler waits for whatever lock the thread that it interrupts may hold.
    for (const rung of [1, 2, 4])
      it(`starts processes from a signal handler, whatever that interrupts, on rung ${rung}`, () => {
        expect(run(driver, String(rung), 'storm')).to.match(new RegExp(`^ok rung ${rung} checks \\d+\\n$`));
      });

    // It aborts a program that clones with VM and without VFORK: so it has to be noticed.
    it('passes under valgrind, on rung 3, without an error of memory', function () {
      if (!isThere('valgrind', this)) return;
      const output = run('valgrind', '--quiet', '--error-exitcode=9', '--leak-check=no', driver);
      expect(output).to.match(/^ok rung 3 checks \d+\n$/);
    });

    it('passes under gdb, which takes no child of rung 1 for a thread on rung 3', function () {
      if (!isThere('gdb', this)) return;
      const output = run('gdb', '--batch', '--nx', '--quiet', '-ex', 'run 3', driver);
      expect(output)
        .to.match(/ok rung 3 checks \d+\n/)
        .and.contain('exited normally');
    });

    it('passes under strace -f', function () {
      if (!isThere('strace', this)) return;
      expect(run('strace', '-f', '-qq', '-o', '/dev/null', driver)).to.match(/^ok rung 1 checks \d+\n$/);
    });

    // The parent releases that memory without asking the word: it may be the next start's when the kernel clears it.
    it('asks the kernel to clear the word of a start where memory is shared, and nowhere else', function () {
      if (!isThere('strace', this)) return;
      for (const rung of ['1', '4']) {
        const log = path.join(folder, `clones-${rung}`);
        run('strace', '-f', '-qq', '--trace=clone3', '-o', log, driver, rung);
        const clones = readFileSync(log, 'utf8').match(/clone3\(\{flags=.*CLONE_PIDFD.*\}/g) ?? [];
        expect(clones).not.to.have.length(0);
        for (const clone of clones)
          expect(clone.includes('CLONE_CHILD_CLEARTID'), clone).to.equal(clone.includes('CLONE_VM'));
        expect(clones.some((clone) => clone.includes('CLONE_VM'))).to.equal(rung === '1');
      }
    });

    // A child on the parent's memory must not run instrumented code: only what the parent runs is instrumented.
    it('passes with the validator under the address and undefined-behaviour sanitizers', function () {
      if (!hasSanitizers()) return skip(this, 'the sanitizers of the C compiler are missing');
      const sanitized = build(
        'cc',
        'driver-sanitized',
        ['-fsanitize=address,undefined', '-fno-sanitize-recover=all'],
        {
          plain: [
            ...childSources.map((source) => path.basename(source)),
            'spawn.c',
            'maker.c',
            'verdict.c',
            'await.c',
            'report_reader.c',
            'exit.c',
            'arena.c',
            'fds.c',
          ],
        },
      );
      expect(run(sanitized, '4')).to.match(/^ok rung 4 checks \d+\n$/);
    });
  });

  describe('for arm64', () => {
    let driver: string | undefined;

    it('compiles without a warning, and the child needs no symbol of anybody', function () {
      if (!isThere(ARM64_COMPILER, this)) return;
      driver = build(ARM64_COMPILER, 'driver-arm64', ['-static', '-mno-outline-atomics']);
      const objects = childSources.map((source) => `${driver}-${path.basename(source, '.c')}.o`);
      run('aarch64-linux-gnu-ld', '-r', '-o', `${driver}-merged`, ...objects);
      expect(run('aarch64-linux-gnu-nm', '-u', `${driver}-merged`)).to.equal('');
      buildRunner(ARM64_COMPILER);
    });

    it('passes under qemu, on a rung that an emulator has', function () {
      if (driver === undefined) return skip(this, `${ARM64_COMPILER} has made no program`);
      if (!isThere(ARM64_EMULATOR, this)) return;
      const output = run('env', 'DRIVER_EMULATED=1', ARM64_EMULATOR, driver);
      expect(output).to.match(/^ok rung [34] checks \d+\n$/);
    });
  });
});

/** Files in `plain` are compiled by themselves, without the further flags. */
function build(
  compiler: string,
  name: string,
  more: readonly string[],
  { plain = [] as string[] } = {},
): string {
  const program = path.join(folder, name);
  const sources = ['csrc/core', 'csrc/steps', 'test/native/driver'].flatMap(sourcesIn);
  const objects = sources.map((source) => {
    const object = `${program}-${path.basename(source, '.c')}.o`;
    const own = plain.includes(path.basename(source)) ? [] : more.filter((flag) => flag !== '-static');
    compile(compiler, [...flags, ...own, '-c', source, '-o', object]);
    return object;
  });
  compile(compiler, [...more, '-pthread', '-o', program, ...objects]);
  return program;
}

/** The child's code as a program that needs no loader, as the addon is one. */
function buildRunner(compiler: string): string {
  const runner = path.join(folder, `runner-${compiler}.so`);
  const objects = childSources.map((source) => {
    const object = `${runner}-${path.basename(source, '.c')}.o`;
    const more = ['-fPIC', '-fvisibility=hidden', '-fno-plt'];
    compile(compiler, [...flags, ...more, '-c', at(`csrc/${source}`), '-o', object]);
    return object;
  });
  compile(compiler, [
    ...['-shared', '-nostdlib', '-Wl,-e,forkless_runner', '-Wl,-z,noexecstack', '-Wl,-z,text'],
    ...['-o', runner, ...objects],
  ]);
  return runner;
}

/** With a file that children can execute to leave this driver's memory. */
function runWith(runner: string, driver: string, ...args: readonly string[]): string {
  return run('env', `DRIVER_RUNNER=${runner}`, driver, ...args);
}

function sourcesIn(folderName: string): string[] {
  return readdirSync(at(folderName))
    .filter((name) => name.endsWith('.c'))
    .map((name) => at(`${folderName}/${name}`));
}

/** Without a warning. */
function compile(compiler: string, args: readonly string[]): void {
  const { stderr, stdout } = execute(compiler, args);
  expect(stdout + stderr).to.equal('');
}

/** stdout of a program that must end well. Its stderr is that of programs it starts as well, some of which complain. */
function run(file: string, ...args: readonly string[]): string {
  return execute(file, args).stdout;
}

function execute(file: string, args: readonly string[]): { stdout: string; stderr: string } {
  const { status, signal, stdout, stderr, error } = spawnSync(file, args, {
    encoding: 'utf8',
    timeout: 60_000 * slowness,
  });
  if (error) throw error;
  expect({ status, signal }, [path.basename(file), ...args, stdout, stderr].join('\n')).to.deep.equal({
    status: 0,
    signal: null,
  });
  return { stdout, stderr };
}

function isThere(tool: string, context: Mocha.Context): boolean {
  const found = (process.env['PATH'] ?? '').split(':').some((part) => existsSync(path.join(part, tool)));
  if (!found) skip(context, `${tool} is missing`);
  return found;
}

function skip(context: Mocha.Context, reason: string): void {
  console.error(`      SKIPPED: ${reason} (node scripts/install.mjs tools)`);
  context.skip();
}

function hasSanitizers(): boolean {
  const program = path.join(folder, 'sanitized');
  const args = ['-x', 'c', '-', '-fsanitize=address,undefined', '-o', program];
  const built = spawnSync('cc', args, { input: 'int main(void) { return 0; }' });
  return built.status === 0 && spawnSync(program).status === 0;
}
