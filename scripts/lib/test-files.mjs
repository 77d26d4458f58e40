// Runs test files, each in a mocha process of its own, several at a time.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { at, toolEnv } from './project.mjs';

/** A file that runs longer is taken to hang. The longest takes two minutes on an idle machine. */
const LIMIT_SECONDS = 900;

/**
 * Runs the files of `together`, in that order, `jobs` at a time, and then the files of `alone` one after the other.
 * Resolves with the figures of all files, added up.
 */
export async function runFiles({ together, alone, jobs, node, env, limitSeconds = LIMIT_SECONDS }) {
  mkdirSync(at('build'), { recursive: true });
  const folder = mkdtempSync(at('build/test-run-'));
  const running = new Set();
  const stopOn = (signal, code) => () => {
    for (const file of running) file.abandon(`not ended when ${signal} came`);
    rmSync(folder, { recursive: true, force: true });
    process.exit(code);
  };
  const listeners = [
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ].map(([signal, code]) => [signal, stopOn(signal, code)]);
  for (const [signal, listener] of listeners) process.on(signal, listener);

  const begin = performance.now();
  const results = [];
  const work = async (queue) => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
      const file = startFile(name, { folder, node, env, limitSeconds });
      running.add(file);
      results.push(await file.ended);
      running.delete(file);
    }
  };
  try {
    const queue = [...together];
    await Promise.all(Array.from({ length: jobs }, () => work(queue)));
    await work([...alone]);
  } finally {
    for (const [signal, listener] of listeners) process.off(signal, listener);
    rmSync(folder, { recursive: true, force: true });
  }
  return { ...addUp(results), duration: Math.round(performance.now() - begin) };
}

/** Starts mocha for one file. Its output is printed when it has ended, in one piece. */
function startFile(name, { folder, node, env, limitSeconds }) {
  const base = path.join(folder, name.replaceAll('/', '-'));
  const [output, figures] = [`${base}.txt`, `${base}.json`];
  // A regular file, not a pipe: a process that a test left behind would keep the pipe open, and we would wait for it.
  const descriptor = openSync(output, 'a');
  const begin = performance.now();
  const child = spawn(node, [at('node_modules/mocha/bin/mocha.js'), name], {
    cwd: at(),
    stdio: ['ignore', descriptor, descriptor],
    env: {
      ...toolEnv(),
      ...env,
      FORKLESS_TEST_FIGURES: figures,
      FORKLESS_TEST_MODES: path.join(folder, 'probe-modes'),
    },
  });
  closeSync(descriptor);

  const print = (trouble) => {
    const seconds = ((performance.now() - begin) / 1000).toFixed(1);
    console.log(`\n-- ${name}, ${seconds} s\n${readFileSync(output, 'utf8').trim()}`);
    if (trouble) console.log(`-- ${name}: ${trouble}`);
  };
  let late = false;
  const deadline = setTimeout(() => {
    late = true;
    child.kill('SIGKILL');
  }, limitSeconds * 1000);
  const ended = new Promise((resolve) => {
    const end = (how) => {
      clearTimeout(deadline);
      const result = existsSync(figures) ? JSON.parse(readFileSync(figures, 'utf8')) : undefined;
      const trouble = troubleOf(
        result,
        late ? `did not end within ${limitSeconds} s` : `ended with ${how}`,
        how,
      );
      print(trouble);
      resolve({ name, result, trouble });
    };
    child.once('error', (error) => end(error.code));
    child.once('exit', (code, signal) => end(signal ?? code));
  });
  return {
    ended,
    abandon(why) {
      child.kill('SIGKILL');
      print(why);
    },
  };
}

/** What went wrong apart from failed tests. A file that was killed, or that ended itself early, has not passed. */
function troubleOf(figures, ending, how) {
  if (figures === undefined) return `${ending}, without figures`;
  if (how !== 0 && figures.failed === 0) return `${ending}, though no test failed`;
  if (figures.passed + figures.failed + figures.skipped === 0) return 'has no tests';
  return undefined;
}

function addUp(results) {
  const total = { passed: 0, failed: 0, skipped: 0, failures: [] };
  for (const { name, result, trouble } of results) {
    for (const kind of ['passed', 'failed', 'skipped']) total[kind] += result?.[kind] ?? 0;
    total.failures.push(...(result?.failures ?? []).map((failure) => `${name}: ${failure}`));
    if (trouble === undefined) continue;
    total.failed += 1;
    total.failures.push(`${name}: ${trouble}`);
  }
  return total;
}
