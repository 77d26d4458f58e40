// npm run test:arm64: runs the tests that depend on the machine in Linux for arm64, under QEMU, on the packed package with
// its prebuilt binary.
//   --figures FILE       writes the totals of the run, as JSON
//   --all                runs all tests that depend on the Node, not only those in selection.mjs
// All other arguments go to mocha: --grep, --bail, a compiled file such as dist-test/posix/cloexec.test.js.
// The guest's system is fetched once (node scripts/install.mjs arm64-system).
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fetchingPrograms } from '../../scripts/lib/debian.mjs';
import { requirePrebuilds } from '../../scripts/lib/prebuilds.mjs';
import { install } from '../../scripts/lib/prepare.mjs';
import { at, Failure, main, runNode } from '../../scripts/lib/project.mjs';
import { runGuest } from './guest.mjs';
import { compiler, packProject } from './project.mjs';
import { allParts, leftOut, leftOutPattern, parts } from './selection.mjs';
import { isSystemCached, prepareSystem, workPlace } from './system.mjs';

/** A guest that runs longer is taken to hang: with the tests in selection.mjs, and with all. */
const LIMIT_SECONDS = 1500;
const LIMIT_SECONDS_ALL = 3600;

await main(async () => {
  const { figures, runs, limitSeconds } = readArguments();
  if (figures) rmSync(figures, { force: true });
  const system = findSystem();
  if (typeof system === 'string') {
    console.error(`SKIPPED: the tests on arm64: ${system}`);
    return save(figures, { passed: 0, failed: 0, skipped: 1, duration: 0, failures: [] });
  }
  build();
  const totals = addUp(await runGuests(system, runs, limitSeconds));
  save(figures, totals);
  for (const failure of totals.failures) console.error(`FAILED on arm64: ${failure}`);
  console.log(`on arm64: ${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
  if (totals.failed > 0) throw new Failure('tests failed on arm64');
});

/** Each of `runs` is the list of mocha's arguments for one guest. */
function readArguments() {
  const given = process.argv.slice(2);
  const forMocha = [];
  const files = [];
  let figures;
  let everything = false;
  while (given.length > 0) {
    const argument = given.shift();
    if (argument === '--figures') figures = path.resolve(given.shift() ?? 'build/figures.json');
    else if (argument === '--all') everything = true;
    else if (argument.startsWith('dist-test/')) files.push(argument);
    else forMocha.push(argument);
  }
  if (files.length > 0 || forMocha.length > 0 || everything) {
    const runs = (files.length > 0 ? [files] : allParts).map((specs) => [...forMocha, ...specs]);
    return { figures, runs, limitSeconds: LIMIT_SECONDS_ALL };
  }
  console.log(
    `run on arm64: ${parts.flat().length} test files of test/arm64/selection.mjs, without ${leftOut.length} titles; all by --all`,
  );
  const runs = parts.map((specs) => ['--invert', '--grep', leftOutPattern(), ...specs]);
  return { figures, runs, limitSeconds: LIMIT_SECONDS };
}

/** The system for the guests, or as a string why there is none. */
function findSystem() {
  const needed = ['qemu-system-aarch64', compiler, ...(isSystemCached() ? [] : fetchingPrograms)];
  const missing = needed.filter((program) => spawnSync(program, ['--version']).error);
  if (missing.length > 0) return `there is no ${missing.join(', no ')}`;
  try {
    return prepareSystem();
  } catch (error) {
    if (error instanceof Failure) return error.message;
    throw error;
  }
}

function build() {
  install();
  requirePrebuilds();
  runNode(at('scripts/build-ts.mjs'), ['--tests']);
}

async function runGuests({ kernel, archive, nodeVersion }, runs, limitSeconds) {
  const folder = mkdtempSync(workPlace());
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  process.on('SIGINT', () => process.exit(130));
  process.on('SIGTERM', () => process.exit(143));

  const initrd = packProject(folder, { archive, nodeVersion }, runs);
  const outputs = takeTurns(runs.length);
  return Promise.all(
    outputs.map(async ({ print, done }, part) => {
      const result = await runGuest({ kernel, initrd, part, limitSeconds, print });
      if (result.trouble) print(`guest ${part + 1} of ${runs.length}: ${result.trouble}`);
      done();
      return result;
    }),
  );
}

/** Printers for guests that run at the same time. Each prints when all before it are done, so the first prints at once. */
function takeTurns(count) {
  let turn = 0;
  const held = Array.from({ length: count }, () => ({ lines: [], isDone: false }));
  const proceed = () => {
    for (; turn < count; turn += 1) {
      for (const line of held[turn].lines.splice(0)) console.log(line);
      if (!held[turn].isDone) return;
    }
  };
  return held.map((own) => ({
    print(line) {
      own.lines.push(line);
      proceed();
    },
    done() {
      own.isDone = true;
      proceed();
    },
  }));
}

function addUp(results) {
  const totals = { passed: 0, failed: 0, skipped: 0, duration: 0, failures: [] };
  for (const { figures, trouble } of results) {
    for (const name of ['passed', 'failed', 'skipped']) totals[name] += figures?.[name] ?? 0;
    totals.duration = Math.max(totals.duration, figures?.duration ?? 0);
    totals.failures.push(...(figures?.failures ?? []));
    if (!trouble) continue;
    totals.failed += 1;
    totals.failures.push(trouble);
  }
  return totals;
}

function save(figures, totals) {
  if (!figures) return;
  mkdirSync(path.dirname(figures), { recursive: true });
  writeFileSync(figures, JSON.stringify(totals));
}
