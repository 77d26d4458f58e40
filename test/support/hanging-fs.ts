import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { at } from './paths.js';
import { tempPath } from './temp.js';
import { until } from './until.js';

/** A file system with one file; who closes it hangs in the kernel, a process that execs too, until `letGo`. */
export interface HangingFs {
  /** The path of the file. */
  readonly file: string;
  /** Resolves when somebody hangs. */
  readonly untilHangs: () => Promise<unknown>;
  /** Answers the one who hangs, and unmounts. */
  readonly letGo: () => Promise<unknown>;
}

export async function mountHangingFs(): Promise<HangingFs> {
  const folder = tempPath('hanging');
  const server = spawn('python3', [at('test/native/helpers/hanging_fs.py'), folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const closed = once(server, 'close');
  let said = '';
  server.stdout.on('data', (text) => {
    said += text;
  });
  await until('it is mounted', () => said.includes('ready'));
  return {
    file: `${folder}/file`,
    untilHangs: () => until('it hangs', () => said.includes('hangs')),
    letGo: () => {
      server.stdin.end();
      return closed;
    },
  };
}
