// An exec that takes long: how long each start holds the thread meanwhile.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fsyncSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { contenders } from './contenders.mjs';
import { baseSize, SLOW } from './plan.mjs';
import { compileHelper, compileNothing, isNewer, programs } from './support/compile.mjs';
import { Host } from './support/host.mjs';
import { addBlocks } from './support/stats.mjs';

const MB = 2 ** 20;
/** From then on the drop-in does not wait for the exec of a file that it knows. */
const OLD = 61_000;

/** The programs are made at the beginning of the run: they are old when they are needed. */
export function prepareSlow() {
  return { held: copyOf('held', 0), cold: copyOf('cold', SLOW.megabytes * MB) };
}

/**
 * @returns {Promise<{held: object, cold: object, skipped: string[], left: string[]}>} Each {way: {held, execed, exited}},
 *   lists of blocks, one a start
 */
export async function measureSlow(plan, files, hosts, progress) {
  const found = { held: {}, cold: {}, skipped: [], left: [] };
  if (plan.slow.waits) await becomeOld(files, progress);
  const running = await startHosts(plan, hosts);
  try {
    progress('an exec that is held back');
    const hold = await holdBack(files.held);
    if (hold.reason) leaveOut(found, 'held', hold.reason);
    else await measureFile(plan, files.held, running, found.held);
    await hold.end?.();
    progress('a cold program');
    const reason = dropCache(files.cold);
    if (reason) leaveOut(found, 'cold', reason);
    else await measureFile(plan, files.cold, running, found.cold, () => dropCache(files.cold));
    for (const host of running.values()) found.left.push(...(await host.end()));
  } finally {
    for (const host of running.values()) host.kill();
  }
  return found;
}

/** One start of each in turn. The first of each is left out: by it the drop-in gets to know the file. */
async function measureFile(plan, file, running, samples, before) {
  const ways = contenders.filter(({ slow, host }) => slow && running.has(host));
  for (let round = 0; round <= plan.slow.starts; round++)
    for (const { way, host } of round % 2 === 0 ? ways : ways.toReversed()) {
      const reason = before?.();
      if (reason) throw new Error(`${file}: ${reason}`);
      const times = await running.get(host).ask('time', way, file);
      if (round === 0) continue;
      samples[way] ??= {};
      addBlocks(samples[way], times);
    }
}

async function startHosts(plan, hosts) {
  const size = baseSize(plan);
  const running = new Map();
  for (const host of hosts) running.set(host.name, await Host.start(host, size));
  return running;
}

function leaveOut({ skipped }, what, reason) {
  const titles = {
    held: `an exec that takes ${SLOW.milliseconds} ms`,
    cold: `a cold program of ${SLOW.megabytes} MB`,
  };
  skipped.push(`${titles[what]}: ${reason}`);
}

/** @returns {Promise<{reason?: string, end?: () => Promise<void>}>} `reason`: why exec cannot be held back here */
async function holdBack(file) {
  const helper = spawn(compileHelper('hold_exec'), [file, `${SLOW.milliseconds * 1000}`]);
  const ended = once(helper, 'close');
  let trouble = '';
  helper.stderr.on('data', (text) => {
    trouble += text;
  });
  const [ready] = await Promise.race([once(helper.stdout, 'data'), ended]);
  if (`${ready}`.trim() !== 'ready') return { reason: `${trouble.trim()} (it needs CAP_SYS_ADMIN)` };
  return {
    async end() {
      helper.stdin.end();
      await ended;
    },
  };
}

/** @returns why the page cache keeps the file, or undefined */
function dropCache(file) {
  const { status, stderr, error } = spawnSync(compileHelper('drop_cache'), [file], { encoding: 'utf8' });
  return status === 0 ? undefined : (error?.message ?? stderr).trim();
}

/** A copy of a program that ends at once, filled up to `size` with what is not zero. */
function copyOf(name, size) {
  const original = compileNothing();
  const file = path.join(programs, name);
  if (isNewer(file, [original]) && statSync(file).size >= size) return file;
  const fd = openSync(file, 'w', 0o755);
  const written = writeSync(fd, readFileSync(original));
  const piece = Buffer.alloc(MB, 1);
  for (let missing = size - written; missing > 0; missing -= MB) writeSync(fd, piece);
  fsyncSync(fd);
  closeSync(fd);
  return file;
}

async function becomeOld(files, progress) {
  const youngest = Math.max(...Object.values(files).map((file) => statSync(file).ctimeMs));
  const rest = youngest + OLD - Date.now();
  if (rest <= 0) return;
  progress(`the programs are too young for another ${Math.ceil(rest / 1000)} s`);
  await sleep(rest);
}
