// What the programs of this folder share: each does real work with one client of node:child_process, and is run twice,
// with forkless/register and without it.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';

const installed = new URL(
  `../../../node_modules/.cache/clients/${process.version}/package.json`,
  import.meta.url,
);
const DEADLINE_MS = 30_000;
const LONG = 200;

/** Where the work puts its files; gone when the process ends. */
export const folder = mkdtempSync(join(tmpdir(), 'forkless-clients-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

/** 3 MiB that no program can have by chance. */
export const large = Buffer.alloc(3 << 20, 'all work and no play makes the pipe a dull pipe\n');

/** A JavaScript file of this folder, for a child. */
export const child = (name) => fileURLToPath(new URL(`children/${name}.mjs`, import.meta.url));

/** The file of an installed client; undefined where there is none. */
export function pathOf(client) {
  try {
    return createRequire(installed).resolve(client);
  } catch (error) {
    if (error.code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

export const importClient = (client) => import(pathToFileURL(pathOf(client)).href);
export const requireClient = (client) => createRequire(installed)(client);

/** Does all of it, one after the other. @returns what came of each, by its title, in values that JSON can say. */
export async function doWork(scenarios) {
  const outcomes = {};
  for (const [title, work] of Object.entries(scenarios)) outcomes[title] = await outcomeOf(work);
  return outcomes;
}

async function outcomeOf(work) {
  const done = new AbortController();
  const late = delay(DEADLINE_MS, undefined, { signal: done.signal }).then(
    () => ({ late: `not done within ${DEADLINE_MS} ms` }),
    () => undefined,
  );
  try {
    return await Promise.race([attempt(work), late]);
  } finally {
    done.abort();
  }
}

/** What a call gives, or the error that it throws or rejects with. */
export async function attempt(work) {
  try {
    return { value: describeValue(await work()) };
  } catch (error) {
    return { error: describeValue(error) };
  }
}

/** What differs from run to run. */
const passing = new Set(['pid', 'stack', 'duration', 'durationMs', 'startTime']);

/** Long data by its digest, errors and objects by their fields, getters of their classes included. */
function describeValue(value, above = []) {
  if (typeof value === 'string') return shorten(value.replaceAll(folder, '<folder>'));
  if (value instanceof Uint8Array)
    return `${value.constructor.name}: ${shorten(Buffer.from(value).toString('latin1'))}`;
  if (typeof value === 'function') return `function ${value.name}`;
  if (value === undefined) return 'undefined';
  if (typeof value !== 'object' || value === null) return value;
  if (above.includes(value)) return 'itself';
  const path = [...above, value];
  if (Array.isArray(value)) return value.map((item) => describeValue(item, path));
  const fields = {};
  if (value instanceof Error)
    Object.assign(fields, { class: value.constructor.name, message: describeValue(value.message) });
  for (const key of fieldsOf(value)) fields[key] = describeValue(value[key], path);
  return fields;
}

function fieldsOf(value) {
  const own = Object.getOwnPropertyNames(value);
  return (
    own
      .filter((key) => !passing.has(key) && !key.startsWith('_'))
      // The engine's own error is what ours have more.
      .filter((key) => key !== 'cause' || value.cause?.constructor.name !== 'SpawnError')
      .sort()
  );
}

function shorten(text) {
  if (text.length <= LONG) return text;
  return `${text.length} characters, ${createHash('sha256').update(text).digest('hex')}`;
}

/** The end of a stream, and all that came before. */
export async function textOf(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}

/** The end of a child as it tells of it. */
export function endOf(subprocess) {
  return new Promise((resolve) => {
    const events = [];
    subprocess.on('error', (error) => events.push(error));
    subprocess.on('exit', (...end) => events.push(['exit', ...end]));
    subprocess.on('close', (...end) => resolve([...events, ['close', ...end]]));
  });
}
