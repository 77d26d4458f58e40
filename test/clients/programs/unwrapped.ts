import cp, { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { dropIn } from '../../register/programs/kit.js';
import { say } from '../../support/in-program.js';
import { makeFile } from '../../support/starts.js';
import { tempPath } from '../../support/temp.js';
import { given } from './seen.js';

const file = makeFile("console.log('own')", 0o644, tempPath('own.cjs'));

async function textOf(child: ChildProcess): Promise<string> {
  let all = '';
  child.stdout?.on('data', (data) => {
    all += data;
  });
  await once(child, 'close');
  return all;
}

async function both(): Promise<string[]> {
  return [
    cp.execFileSync(process.execPath, [file], { encoding: 'utf8' }),
    await textOf(cp.spawn(process.execPath, [file])),
  ];
}

const during = await both();
given.unwrap?.();
say([during, await both(), dropIn()]);
