import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import type { Features } from 'forkless';
import { unwrapped } from '../cli/command.js';
import { cleanEnvironment, placePackage } from '../support/packed.js';
import { at } from '../support/paths.js';
import { withoutRequireWarning } from '../support/require-warning.js';
import { tempPath } from '../support/temp.js';
import type { Place } from './places.js';
import { places } from './places.js';

interface Outcome {
  readonly thrown: boolean;
  readonly name: string;
  readonly code: string;
  readonly message: string;
  readonly reason: string;
}

/** What ask.mjs says. */
interface Answer {
  readonly foreign: readonly string[];
  readonly foreignNames: readonly string[];
  readonly sameByRequire: boolean;
  readonly replaced: boolean;
  readonly doors: Readonly<Record<string, Outcome | null>>;
  readonly wrong: Outcome | null;
  readonly explained: string;
  readonly features: Features;
  readonly seen: readonly string[];
  readonly status: number | string;
}

interface Ran {
  readonly code: number | NodeJS.Signals;
  readonly out: string;
  readonly err: string;
}

const replaceable = ['exec', 'execFile', 'execFileSync', 'execSync', 'fork', 'spawn', 'spawnSync'];

const PLAN = `signals to default: SIGTERM
1. chdir "/"
2. keep-if-open 0
3. keep-if-open 2
4. close 5  (file action 0)
5. open "file" as 1, O_WRONLY|O_CREAT|O_TRUNC, mode 0666  (file action 1)
6. execve "/bin/true"
argv: "true"
env: 0 variables
`;

for (const place of places)
  describe(`the package ${place.title}`, function () {
    this.timeout(60_000);
    const foundLate = place.warnings === 1;
    let answer: Answer;
    let asked: Ran;
    let doctor: Ran;
    let explained: Ran;

    before(async () => {
      const folder = settle(place);
      const command = path.join(folder, 'node_modules/forkless/dist/cli/main.js');
      [asked, doctor, explained] = await Promise.all([
        run(place, [path.join(folder, 'ask.mjs')]),
        run(place, [command, 'doctor']),
        run(place, [command, 'explain', '--cwd', '/', '/bin/true']),
      ]);
      if (asked.code !== 0) throw new Error(`ended with ${asked.code}\n${asked.err}`);
      answer = JSON.parse(asked.out);
    });

    it('is imported, and says why it cannot start processes', () => {
      const { reason, backend, binary, rung, rungs, childProcess } = answer.features;
      expect({ backend, binary, rung, rungs }).to.deep.equal({
        backend: null,
        binary: null,
        rung: null,
        rungs: { 1: 0, 2: 0, 3: 0, 4: 0 },
      });
      expect(reason).to.match(place.reason);
      expect(childProcess).to.deep.equal({ backend: 'node', reason });
      expect(answer.features).to.include({ platform: 'linux', arch: process.arch, ...machineOf(place) });
    });

    it('has Node’s own functions in forkless/child_process, or behind it, which work', () => {
      expect([...answer.foreign].sort()).to.deep.equal(foundLate ? replaceable : []);
      expect([...answer.foreignNames].sort()).to.deep.equal(foundLate ? replaceable : []);
      expect(answer.sameByRequire).to.equal(true);
      expect(answer.status).to.equal(0);
    });

    it('replaces nothing by forkless/register, if that is known at its import', () => {
      expect(answer.replaced).to.equal(foundLate);
    });

    it('warns once where it should have worked, and nowhere else', () => {
      const warnings = asked.err.match(/ForklessWarning: .*/g) ?? [];
      expect(warnings, asked.err).to.have.length(place.warnings);
      if (place.warnings === 0) expect(asked.err).to.equal('');
      else expect(warnings[0]).to.include(answer.features.reason);
    });

    it('throws one error from each function that needs the engine', () => {
      for (const [name, outcome] of Object.entries(answer.doors)) {
        expect(outcome, name).to.include({
          thrown: !/^posixSpawnp?$/.test(name),
          name: 'TypeError',
          code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM',
          reason: answer.features.reason,
          message: `forkless cannot start processes here: ${answer.features.reason}. forkless/child_process can: here it is node:child_process`,
        });
      }
      expect(Object.keys(answer.doors)).to.have.length(8);
    });

    it('still checks arguments and explains plans', () => {
      expect(answer.wrong).to.include({ thrown: false, code: 'ERR_INVALID_ARG_TYPE' });
      expect(answer.explained).to.equal(PLAN);
    });

    if (place.disguise !== undefined)
      it('loads nothing native and reads no file of Linux', () => {
        expect(answer.seen).to.deep.equal([]);
      });

    it('says the same in its command, which fails', () => {
      const { code, out, err } = doctor;
      expect({ code, err }).to.deep.equal({ code: 1, err: '' });
      const [verdict] = unwrapped(out).split('\n');
      expect(verdict).to.equal(`ERROR: forkless cannot start processes here: ${answer.features.reason}`);
      expect(out).to.match(
        /^posixSpawn +throws an error\ndrop-in +does not use the engine: .* Node's own functions$/m,
      );
      expect(out).to.not.include('rung');
    });

    it('explains a command all the same, and adds that it cannot run here', () => {
      const { code, out, err } = explained;
      expect(code).to.equal(0);
      expect(out).to.include('execve "/bin/true"');
      expect(err).to.equal(`forkless: nothing can be started here: ${answer.features.reason}\n`);
    });
  });

function machineOf({ disguise = {} }: Place): Partial<Record<'platform' | 'arch' | 'kernel', string>> {
  const { platform, arch, release } = disguise;
  return { ...(platform && { platform }), ...(arch && { arch }), ...(release && { kernel: release }) };
}

let untouched: string | undefined;

/** A folder with the package, as it is in this place. */
function settle({ spoil }: Place): string {
  if (spoil === undefined) {
    untouched ??= makeFolder();
    return untouched;
  }
  const folder = makeFolder();
  spoil(path.join(folder, 'node_modules/forkless'));
  return folder;
}

function makeFolder(): string {
  const folder = placePackage(tempPath('elsewhere'));
  cpSync(at('test/elsewhere/ask.mjs'), path.join(folder, 'ask.mjs'));
  return folder;
}

async function run({ disguise, nodeArgs = [], env = {} }: Place, args: readonly string[]): Promise<Ran> {
  const preload = disguise === undefined ? [] : ['--require', at('test/elsewhere/disguise.cjs')];
  const child = spawn(process.execPath, [...preload, ...nodeArgs, ...args], {
    env: { ...cleanEnvironment, ...env, DISGUISE: JSON.stringify(disguise) },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 30_000,
  });
  const [out, err, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  // Node 20 and some of 22 warn of require() of an ES module.
  const quiet = withoutRequireWarning(err).replace(/^.*ExperimentalWarning.*\n(?:\(Use `.*\n)?/gm, '');
  return { code: signal ?? code, out, err: quiet };
}
