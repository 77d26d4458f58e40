// The life of one child as its parent sees it.
import { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { expect } from 'chai';
import { slowness } from '../support/slowness.js';
import type { ErrorPortrait } from './portrait.js';
import { portrait, portraitOfError } from './portrait.js';

/** What a child's fields say at one moment. */
export interface Moment {
  readonly hasPid: boolean;
  readonly connected: boolean;
  readonly killed: boolean;
  readonly exitCode: number | null;
  readonly signalCode: string | null;
}

export interface Happening {
  readonly event: string;
  readonly args: readonly unknown[];
  readonly moment: Moment;
}

export interface Story {
  /** When the function returned. */
  readonly first: Moment & {
    readonly keys: readonly string[];
    readonly spawnfile: unknown;
    readonly spawnargs: unknown;
    readonly stdio: unknown;
  };
  readonly happenings: readonly Happening[];
  readonly stdout: string;
  readonly stderr: string;
}

/** What came of a call: it threw, or there was a child. */
export type Outcome = { readonly thrown: ErrorPortrait } | Story;

const events = ['spawn', 'exit', 'close', 'error', 'disconnect', 'message'] as const;

/** Calls `start` and follows the child until 'close'. */
export async function outcomeOf(start: () => unknown, deadlineMs?: number): Promise<Outcome> {
  let started: unknown;
  try {
    started = start();
  } catch (error) {
    if (error instanceof Error) return { thrown: portraitOfError(error) };
    throw error;
  }
  if (!(started instanceof ChildProcess)) throw new Error(`not a child: ${started}`);
  return storyOf(started, deadlineMs);
}

/** Follows a child until 'close'. Its stdin is ended, its stdout and stderr are read. */
export async function storyOf(child: ChildProcess, deadlineMs = 10_000): Promise<Story> {
  const happenings: Happening[] = [];
  const first = {
    ...momentOf(child),
    keys: Object.keys(child),
    spawnfile: child.spawnfile,
    spawnargs: child.spawnargs,
    stdio: stdioOf(child),
  };
  for (const event of events)
    child.on(event, (...args: readonly unknown[]) => {
      happenings.push({ event, args: args.map(portrait), moment: momentOf(child) });
    });
  child.stdin?.on('error', () => {});
  child.stdin?.end();
  const stdout = gather(child.stdout);
  const stderr = gather(child.stderr);
  await closed(child, deadlineMs);
  return { first, happenings, stdout: stdout(), stderr: stderr() };
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

function momentOf(child: ChildProcess): Moment {
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
    const { happenings } = expectStory(outcome);
    expect(happenings.map(({ event }) => event)).to.deep.equal(['error', 'close']);
    expect(happenings[0]?.args[0]).to.include({ code });
  };
}

/** The outcome is a child that ran and ended so, and has written that. */
export function ends(code: number | null, stdout?: string, signal: string | null = null) {
  return (outcome: Outcome): void => {
    const story = expectStory(outcome);
    const last = story.happenings.at(-1);
    expect(last, 'the last event').to.deep.include({ event: 'close', args: [code, signal] });
    expect(story.happenings[0], 'the first event').to.deep.include({ event: 'spawn', args: [] });
    if (stdout !== undefined) expect(story.stdout).to.equal(stdout);
  };
}

export function expectStory(outcome: Outcome): Story {
  if ('thrown' in outcome) throw new Error(`thrown: ${outcome.thrown.message}`);
  return outcome;
}
