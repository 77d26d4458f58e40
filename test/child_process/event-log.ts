// What a parent sees of one child: its events in order, its fields at each of them, its output.
import { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { expect } from 'chai';
import { slowness } from '../support/slowness.js';
import type { ErrorDescription } from './describe-value.js';
import { describeError, describeValue } from './describe-value.js';

/** What a child's fields say at one moment. */
export interface ChildFields {
  readonly hasPid: boolean;
  readonly connected: boolean;
  readonly killed: boolean;
  readonly exitCode: number | null;
  readonly signalCode: string | null;
}

export interface ChildEvent {
  readonly event: string;
  readonly args: readonly unknown[];
  readonly fields: ChildFields;
}

export interface EventLog {
  /** When the function returned. */
  readonly first: ChildFields & {
    readonly keys: readonly string[];
    readonly spawnfile: unknown;
    readonly spawnargs: unknown;
    readonly stdio: unknown;
  };
  readonly events: readonly ChildEvent[];
  readonly stdout: string;
  readonly stderr: string;
}

/** What came of a call: it threw, or there was a child. */
export type Outcome = { readonly thrown: ErrorDescription } | EventLog;

const names = ['spawn', 'exit', 'close', 'error', 'disconnect', 'message'] as const;

/** Calls `start` and follows the child until 'close'. */
export async function outcomeOf(start: () => unknown, deadlineMs?: number): Promise<Outcome> {
  let started: unknown;
  try {
    started = start();
  } catch (error) {
    if (error instanceof Error) return { thrown: describeError(error) };
    throw error;
  }
  if (!(started instanceof ChildProcess)) throw new Error(`not a child: ${started}`);
  return recordEvents(started, deadlineMs);
}

/** Follows a child until 'close'. Its stdin is ended, its stdout and stderr are read. */
export async function recordEvents(child: ChildProcess, deadlineMs = 10_000): Promise<EventLog> {
  const events: ChildEvent[] = [];
  const first = {
    ...fieldsOf(child),
    keys: Object.keys(child),
    spawnfile: child.spawnfile,
    spawnargs: child.spawnargs,
    stdio: stdioOf(child),
  };
  for (const event of names)
    child.on(event, (...args: readonly unknown[]) => {
      events.push({ event, args: args.map(describeValue), fields: fieldsOf(child) });
    });
  child.stdin?.on('error', () => {});
  child.stdin?.end();
  const stdout = gather(child.stdout);
  const stderr = gather(child.stderr);
  await closed(child, deadlineMs);
  return { first, events, stdout: stdout(), stderr: stderr() };
}

/** Collects what a stream says from now on; call the result to know it. */
export function gather(stream: Readable | null | undefined): () => string {
  const chunks: Buffer[] = [];
  stream?.on('data', (chunk: Buffer | string) => chunks.push(Buffer.from(chunk)));
  return () => Buffer.concat(chunks).toString('latin1');
}

/** Resolves at 'close'. A child that does not come to it is killed, which is an error. */
export function closed(child: ChildProcess, deadlineMs?: number): Promise<void> {
  return ended(child, 'close', deadlineMs);
}

/** As `closed`: where the parent has closed the channel, there is no 'close' in any Node. */
export function exited(child: ChildProcess, deadlineMs?: number): Promise<void> {
  return ended(child, 'exit', deadlineMs);
}

function ended(child: ChildProcess, event: 'exit' | 'close', deadlineMs = 10_000): Promise<void> {
  return new Promise((resolve, reject) => {
    const deadline = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`no '${event}' within ${deadlineMs} ms of ${child.spawnargs?.join(' ')}`));
    }, deadlineMs * slowness);
    child.once(event, () => {
      clearTimeout(deadline);
      resolve();
    });
  });
}

function fieldsOf(child: ChildProcess): ChildFields {
  const { pid, connected, killed, exitCode, signalCode } = child;
  return { hasPid: typeof pid === 'number' && pid > 0, connected, killed, exitCode, signalCode };
}

/** Each slot: null, or which of its sides are open; and which of stdin, stdout and stderr it is. */
function stdioOf(child: ChildProcess): unknown {
  return child.stdio?.map((stream, slot) =>
    stream === null || stream === undefined
      ? null
      : {
          class: stream.constructor.name,
          readable: 'readable' in stream && stream.readable,
          writable: 'writable' in stream && stream.writable,
          named: [child.stdin, child.stdout, child.stderr][slot] === stream,
        },
  );
}

/** The outcome is an error thrown at once. */
export function throws(code?: string, message?: RegExp): (outcome: Outcome) => void {
  return (outcome) => {
    if (!('thrown' in outcome)) throw new Error(`nothing thrown: ${JSON.stringify(outcome)}`);
    if (code !== undefined) expect(outcome.thrown.code).to.equal(code);
    if (message !== undefined) expect(outcome.thrown.message).to.match(message);
  };
}

/** The outcome is an 'error' event instead of 'spawn' and 'exit'. */
export function emits(code: string): (outcome: Outcome) => void {
  return (outcome) => {
    const { events } = expectEventLog(outcome);
    expect(events.map(({ event }) => event)).to.deep.equal(['error', 'close']);
    expect(events[0]?.args[0]).to.include({ code });
  };
}

/** The outcome is a child that ran and ended so, and has written that. */
export function ends(code: number | null, stdout?: string, signal: string | null = null) {
  return (outcome: Outcome): void => {
    const log = expectEventLog(outcome);
    const last = log.events.at(-1);
    expect(last, 'the last event').to.deep.include({ event: 'close', args: [code, signal] });
    expect(log.events[0], 'the first event').to.deep.include({ event: 'spawn', args: [] });
    if (stdout !== undefined) expect(log.stdout).to.equal(stdout);
  };
}

export function expectEventLog(outcome: Outcome): EventLog {
  if ('thrown' in outcome) throw new Error(`thrown: ${outcome.thrown.message}`);
  return outcome;
}
