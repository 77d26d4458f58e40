import { expect } from 'chai';
import type { Bytes, PosixSpawnOptions } from 'forkless';
import { posixSpawn } from 'forkless';
import type { ProbeReport, Start } from '../support/probe.js';
import { askProbe, askProbeForLengths, bytesOf, probeArgv, probePath, textOf } from '../support/probe.js';
import { programUrl } from '../support/program.js';
import { runWorker } from '../support/run-worker.js';
import { doors, failureOf } from '../support/starts.js';

const MIB = 1 << 20;
/** MAX_ARG_STRLEN: 32 pages, NUL included. */
const LONGEST_STRING = 32 * 4096 - 1;
/** A pointer for each string, and what the kernel puts there itself. */
const SLACK = 64 * 1024;

for (const [name, start] of doors) {
  describe(`argv and env of a child of ${name}`, () => {
    let argMax: number;

    before(async () => {
      // execve(2): a quarter of the stack's limit, and never more than 6 MiB.
      const { soft } = (await askProbe()).rlimits['stack'] ?? { soft: null };
      argMax = Math.min(6 * MIB, (soft ?? Number.POSITIVE_INFINITY) / 4);
    });

    const ask = (options?: PosixSpawnOptions): Promise<ProbeReport> => askProbe(options, start);
    const lengthsOf = (argv: readonly string[], options: Omit<PosixSpawnOptions, 'fileActions'> = {}) =>
      askProbeForLengths(argv, options, start);
    const fail = (argv: readonly string[], options: PosixSpawnOptions = {}) =>
      failureOf(() => start(probePath, [...probeArgv('args-length'), ...argv], options));
    const strings = (bytes: number, length = 100_000) =>
      Array.from({ length: Math.floor(bytes / length) }, () => 'x'.repeat(length - 1));

    it('may have an argv just below the largest', async () => {
      const argv = strings(argMax - SLACK);
      const lengths = await lengthsOf(argv, { env: [] });
      expect(lengths).to.include({ argc: argv.length + 2, envc: 0, envBytes: 0 });
      expect(lengths.argvBytes).to.equal(argv.length * 100_000 + 'probe args-length '.length);
    });

    it('may have an env just below the largest', async () => {
      const env = strings(argMax - SLACK).map(
        (value, index) => `${String(index).padStart(3, '0')}=${value.slice(4)}`,
      );
      const lengths = await lengthsOf([], { env });
      expect(lengths).to.include({ argc: 2, envc: env.length, envBytes: env.length * 100_000 });
    });

    it('may have very many arguments', async () => {
      const lengths = await lengthsOf(strings(100_000, 2), { env: [] });
      expect(lengths.argc).to.equal(50_002);
    });

    it('may have a string of just below 32 pages, not a longer one', async () => {
      expect((await lengthsOf(['x'.repeat(LONGEST_STRING)])).argc).to.equal(3);
      const error = await fail(['x'.repeat(LONGEST_STRING + 1)]);
      expect(error).to.include({ code: 'E2BIG', errno: -7, step: 'execve', path: probePath });
    });

    it('fail with E2BIG of execve when argv is 1 MiB too large: 3 MiB, usually', async () => {
      const argv = strings(argMax + MIB);
      const error = await fail(argv);
      expect(error).to.include({
        code: 'E2BIG',
        errno: -7,
        syscall: 'execve',
        step: 'execve',
        path: probePath,
      });
      expect(error.spawnargs).to.have.length(argv.length + 1);
      expect(error.message.length).to.be.lessThan(1000);
    });

    it('fail with E2BIG of execve when env is 1 MiB too large', async () => {
      const error = await fail([], { env: strings(argMax + MIB).map((value) => `A=${value}`) });
      expect(error).to.include({ code: 'E2BIG', step: 'execve' });
    });

    it('are right after a large start too', async () => {
      await fail(strings(argMax + MIB));
      expect(await lengthsOf(['a'], { env: ['B=1'] })).to.deep.equal({
        argc: 3,
        argvBytes: 'probe args-length a '.length,
        envc: 1,
        envBytes: 4,
      });
    });

    it('may be empty, as an object and as a list', async () => {
      expect((await ask({ env: {} })).env).to.deep.equal([]);
      expect((await ask({ env: [] })).env).to.deep.equal([]);
    });

    it('keep the order of env, doubles and what is no assignment', async () => {
      const env = ['B=1', 'A=2', 'B=3', 'no assignment', '', '=C', 'A='];
      expect((await ask({ env })).env).to.deep.equal(env);
      expect((await ask({ env: { B: '1', A: '', C: undefined, D: 'x=y' } })).env).to.deep.equal([
        'B=1',
        'A=',
        'D=x=y',
      ]);
    });

    it('may spell what is no UTF-8', async () => {
      const [variable, argument] = [Buffer.from([0x41, 0x3d, 0xff]), Buffer.from([0xc3, 0x28, 0x0a])];
      const report = await askAs((argv) => [...argv, argument, 'ü', ''], { env: [variable, 'B=ü'] });
      expect(report.env.map(bytesOf)).to.deep.equal([variable, Buffer.from('B=ü')]);
      expect(report.argv.slice(3).map(bytesOf)).to.deep.equal([argument, Buffer.from('ü'), Buffer.alloc(0)]);
    });

    for (const name of ['another name', '-sh', '', '/no/such/program']) {
      it(`may have '${name}' as argv[0], which is not the file`, async () => {
        const report = await askAs(([, ...rest]) => [name, ...rest]);
        expect(report.argv0).to.equal(name);
        expect(report.exe).to.equal(probePath);
      });
    }

    it("are this process's environment by default, as it is at that moment", async () => {
      const names = ['FORKLESS_TEST_ADDED', 'FORKLESS_TEST_TAKEN'] as const;
      process.env[names[0]] = 'ä = b';
      process.env[names[1]] = 'x';
      delete process.env[names[1]];
      try {
        for (const options of [{}, { env: process.env }]) {
          const env = (await ask(options)).env.map(textOf);
          expect(env).to.have.members(Object.entries(process.env).map(([key, value]) => `${key}=${value}`));
          expect(env).to.include('FORKLESS_TEST_ADDED=ä = b');
        }
      } finally {
        delete process.env[names[0]];
      }
    });

    it("are a Worker's own environment there", async () => {
      const workerData = { door: name, env: { OWN: '1' } };
      const env = await runWorker(programUrl(import.meta.url, 'environment-worker'), workerData);
      expect(env).to.deep.equal(['OWN=1']);
      expect(process.env['OWN']).to.equal(undefined);
    });

    /** With another argv than the probe's usual one. */
    function askAs(
      change: (argv: readonly Bytes[]) => readonly Bytes[],
      options?: PosixSpawnOptions,
    ): Promise<ProbeReport> {
      const changed: Start = (path, argv, rest) => start(path, change(argv), rest);
      return askProbe(options, changed);
    }
  });
}

describe('a spawn of large arguments', () => {
  it('leaves the next ones alone when it is still under way', async () => {
    const large = posixSpawn(probePath, [...probeArgv('exit', 1), 'x'.repeat(100_000)], { env: ['A=1'] });
    const small = posixSpawn(probePath, probeArgv('exit', 2), { env: [] });
    const codes = await Promise.all(
      [large, small].map(async (started) => (await (await started).exited).code),
    );
    expect(codes).to.deep.equal([1, 2]);
  });
});
