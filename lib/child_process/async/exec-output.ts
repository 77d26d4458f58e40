import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { builtin } from '../../builtin.js';
import { withFields } from '../../own.js';
import { maxBufferError } from '../node-internals/node-errors.js';
import { clearTimeout, setTimeout } from './timers.js';

const { getSystemErrorName } = builtin('node:util');

type Output = string | Buffer;
export type ExecCallback = (error: Error | null, stdout: Output, stderr: Output) => void;

export interface ExecOptions {
  readonly encoding?: unknown;
  readonly timeout?: unknown;
  readonly maxBuffer?: unknown;
}

export interface Execution {
  readonly file: string;
  readonly args: readonly unknown[];
  readonly options: ExecOptions;
  readonly killSignal: number | undefined;
  readonly callback: ExecCallback | undefined;
}

/** The second half of `execFile`: collects the child's output, applies `maxBuffer` and `timeout`, calls back once. */
export function gatherOutput(child: ChildProcess, execution: Execution): void {
  const { options, killSignal, callback } = execution;
  const encoding = encodingOf(options.encoding);
  let failure: Error | undefined;
  let killed = false;
  let finished = false;
  let timer: NodeJS.Timeout | undefined;

  const stdout = gather(child.stdout, encoding, options.maxBuffer, () => stop(maxBufferError('stdout')));
  const stderr = gather(child.stderr, encoding, options.maxBuffer, () => stop(maxBufferError('stderr')));
  const timeout = options.timeout as number;
  if (timeout > 0) timer = setTimeout(stop, timeout);
  child.addListener('close', finish);
  child.addListener('error', (error: Error) => {
    failure = error;
    destroyStreams();
    finish(null, null);
  });

  function stop(reason?: Error): void {
    failure = reason ?? failure;
    destroyStreams();
    killed = true;
    try {
      child.kill(killSignal);
    } catch (error) {
      failure = error as Error;
      finish(null, null);
    }
  }

  function destroyStreams(): void {
    child.stdout?.destroy();
    child.stderr?.destroy();
  }

  function finish(code: number | null, signal: NodeJS.Signals | null): void {
    if (finished) return;
    finished = true;
    clearTimeout(timer);
    if (callback === undefined) return;
    const out = stdout();
    const err = stderr();
    if (failure === undefined && code === 0 && signal === null) {
      callback(null, out, err);
      return;
    }
    const command = [execution.file, ...execution.args].join(' ');
    failure ??= withFields(new Error(`Command failed: ${command}\n${err}`), {
      code: code !== null && code < 0 ? getSystemErrorName(code) : code,
      killed: child.killed || killed,
      signal,
    });
    callback(withFields(failure, { cmd: command }), out, err);
  }
}

function encodingOf(encoding: unknown): BufferEncoding | undefined {
  return encoding !== 'buffer' && Buffer.isEncoding(encoding as string)
    ? (encoding as BufferEncoding)
    : undefined;
}

/**
 * Collects the data of a stream; the returned function returns what has been collected. Truncates at the limit, then
 * calls `onOverflow`.
 */
function gather(
  stream: Readable | null,
  encoding: BufferEncoding | undefined,
  limit: unknown,
  onOverflow: () => void,
): () => Output {
  const chunks: Output[] = [];
  let length = 0;
  if (encoding !== undefined) stream?.setEncoding(encoding);
  stream?.on('data', (chunk: Output) => {
    if (limit === Infinity) {
      chunks.push(chunk);
      return;
    }
    const before = length;
    length +=
      typeof chunk === 'string'
        ? Buffer.byteLength(chunk, stream.readableEncoding ?? undefined)
        : chunk.length;
    if (length > (limit as number)) {
      chunks.push(chunk.slice(0, (limit as number) - before));
      onOverflow();
    } else {
      chunks.push(chunk);
    }
  });
  return () => {
    const text = encoding !== undefined || Boolean(stream?.readableEncoding);
    return text ? chunks.join('') : Buffer.concat(chunks as Buffer[]);
  };
}
