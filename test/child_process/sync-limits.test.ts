import { expect } from 'chai';
import { same } from './oracle.js';
import type { SyncResult } from './sync-door.js';
import { gave, observe, syncOf, threw } from './sync-door.js';

const MEGABYTE = 1 << 20;

/** Writes a text and lives on, so that how it ends is no race. */
const lingers = (text: string): string => `printf '${text}'; exec sleep 60`;

function shell(title: string, script: string, options: object, expected: Parameters<typeof gave>[0]): void {
  same(
    title,
    (cp) => observe(() => syncOf(cp).spawnSync('/bin/sh', ['-c', script], options)),
    gave(expected),
  );
}

describe('maxBuffer of spawnSync', () => {
  const killed = { status: null, signal: 'SIGTERM', error: 'ENOBUFS' };

  shell('is the number of bytes that may come', 'printf 12345', { maxBuffer: 5 }, { stdout: '12345' });
  shell(
    'ends a program that writes one more, and gives all that came',
    lingers('123456'),
    { maxBuffer: 5 },
    {
      ...killed,
      stdout: '123456',
    },
  );
  shell('may be a fraction', 'printf 12345', { maxBuffer: 5.5 }, { stdout: '12345' });
  shell(
    'of which the whole bytes count',
    lingers('12345'),
    { maxBuffer: 4.5 },
    { ...killed, stdout: '12345' },
  );
  shell('even if there are none', lingers('1'), { maxBuffer: 0.5 }, { ...killed, stdout: '1' });
  shell(
    'counts all pipes together',
    'printf 123; printf 45 >&2',
    { maxBuffer: 5 },
    { stdout: '123', stderr: '45' },
  );
  shell('whichever goes beyond it', `printf 123; ${lingers('456')} >&2`, { maxBuffer: 5 }, { ...killed });
  shell(
    'sends the signal that was asked for',
    lingers('12'),
    { maxBuffer: 1, killSignal: 'SIGUSR1' },
    {
      ...killed,
      signal: 'SIGUSR1',
    },
  );
  shell(
    'sends it once: who handles it ends as he likes',
    'trap "exit 5" TERM; printf 12; while :; do sleep 0.01; done',
    { maxBuffer: 1 },
    {
      ...killed,
      status: 5,
      signal: null,
    },
  );

  for (const maxBuffer of [0, null, undefined, Number.POSITIVE_INFINITY, 1e300])
    same(
      `is no limit as ${maxBuffer}`,
      (cp) => {
        const { stdout, error } = syncOf(cp).spawnSync('head', ['-c', '3000000', '/dev/zero'], { maxBuffer });
        return [stdout?.length, error];
      },
      (seen) => expect(seen).to.deep.equal([3_000_000, undefined]),
    );
  same(
    'is a megabyte by default',
    (cp) => {
      const sizes = [MEGABYTE, MEGABYTE + 1].map((size) => {
        const { error } = syncOf(cp).spawnSync('head', ['-c', String(size), '/dev/zero']);
        return error?.code;
      });
      return sizes;
    },
    (seen) => expect(seen).to.deep.equal([undefined, 'ENOBUFS']),
  );
  for (const maxBuffer of [1000, 65_536, 100_000, MEGABYTE])
    same(
      `gives what was read beyond ${maxBuffer}: no more than the rest of a block of 64 KiB`,
      (cp) => {
        const { stdout, error } = syncOf(cp).spawnSync('cat', ['/dev/zero'], { maxBuffer });
        const length = stdout?.length ?? 0;
        return [error?.code, length > maxBuffer, length <= (Math.floor(maxBuffer / 65_536) + 1) * 65_536];
      },
      (seen) => expect(seen).to.deep.equal(['ENOBUFS', true, true]),
    );
});

/**
 * Of a program that must have come so far when its time is up. How long that takes is up to the machine and what else
 * runs on it: so it gets more time until it has.
 */
function lateShell(
  title: string,
  script: string,
  hasComeSoFar: (seen: SyncResult) => boolean,
  expected: Parameters<typeof gave>[0],
): void {
  same(
    title,
    (cp) =>
      observe(() => {
        for (let timeout = 100; ; timeout *= 4) {
          const result = syncOf(cp).spawnSync('/bin/sh', ['-c', script], { timeout });
          if (hasComeSoFar(result) || timeout > 20_000) return result;
        }
      }),
    gave(expected),
  );
}

describe('timeout of spawnSync', () => {
  const late = { status: null, signal: 'SIGTERM', error: 'ETIMEDOUT' };
  const hasBegun = ({ stdout }: SyncResult): boolean => Number(stdout?.length) > 0;

  lateShell('ends a program, and gives what came', lingers('begun'), hasBegun, { ...late, stdout: 'begun' });
  shell(
    'sends the signal that was asked for',
    lingers(''),
    { timeout: 50, killSignal: 'SIGKILL' },
    {
      ...late,
      signal: 'SIGKILL',
    },
  );
  shell('by its number', lingers(''), { timeout: 50, killSignal: 10 }, { ...late, signal: 'SIGUSR1' });
  shell(
    'by its name in small letters',
    lingers(''),
    { timeout: 50, killSignal: 'sigusr2' },
    {
      ...late,
      signal: 'SIGUSR2',
    },
  );
  shell('may be too short for the start', lingers(''), { timeout: 1 }, { ...late });
  lateShell(
    'waits for a program that takes its time to end',
    'trap "sleep 0.1; exit 4" TERM; printf begun; while :; do sleep 0.01; done',
    hasBegun,
    { ...late, status: 4, signal: null, stdout: 'begun' },
  );
  shell(
    'and for one that does not mind',
    'sleep 1',
    { timeout: 50, killSignal: 'SIGCONT' },
    {
      ...late,
      status: 0,
      signal: null,
    },
  );
  shell('is none as 0', 'sleep 0.05', { timeout: 0 }, {});
  shell('does not matter to who is in time', 'sleep 0.05', { timeout: 20_000 }, {});
  shell(
    'ends one who does not read its input',
    lingers(''),
    { timeout: 100, input: Buffer.alloc(2_000_000) },
    late,
  );
  for (const timeout of [3, 60, 300])
    same(
      `is not over before ${timeout} ms`,
      (cp) => {
        const begin = performance.now();
        const { error } = syncOf(cp).spawnSync('sleep', ['60'], { timeout });
        // Node's own clock counts whole milliseconds, from the last one that was over
        return [error?.code, performance.now() - begin > timeout - 2];
      },
      (seen) => expect(seen).to.deep.equal(['ETIMEDOUT', true]),
    );
  same(
    'counts from exec: it is never that of a program that does not exist',
    (cp) =>
      Array.from({ length: 200 }, () => {
        const { error, pid } = syncOf(cp).spawnSync('/no/such/program', [], { timeout: 1 });
        return `${error?.code} ${pid}`;
      }),
    (seen) => expect(new Set(seen as string[])).to.deep.equal(new Set(['ENOENT 0'])),
  );
  same(
    'does not end a program that never reads or writes, and ends in time',
    (cp) => observe(() => syncOf(cp).spawnSync('true', { timeout: 20_000 })),
    gave({}),
  );
  same(
    'is thrown by execFileSync',
    (cp) => observe(() => syncOf(cp).execFileSync('sleep', ['60'], { timeout: 50 })),
    threw('ETIMEDOUT'),
  );
});

describe('the end of spawnSync', () => {
  shell(
    'comes with the end of a program that closed its pipes long before',
    'echo x; exec >&- 2>&-; sleep 0.1; exit 2',
    {},
    {
      status: 2,
      stdout: 'x\n',
    },
  );
  shell(
    'comes when nobody holds the pipes any more',
    '(sleep 0.2; echo late) & echo soon; exit 6',
    {},
    {
      status: 6,
      stdout: 'soon\nlate\n',
    },
  );
  lateShell(
    'comes at the timeout where somebody holds them, who is left alone',
    '(sleep 20; echo late) & echo soon; exit 6',
    ({ status }) => status === 6,
    { status: 6, stdout: 'soon\n', error: 'ETIMEDOUT' },
  );
  shell(
    'does not wait for one who holds other descriptors',
    'sleep 1 >/dev/null 2>&1 </dev/null & echo soon',
    {},
    {
      stdout: 'soon\n',
    },
  );
  shell(
    'does not wait for one who holds stdin when all is written',
    'read line; sleep 5 <&0 >/dev/null 2>&1 & echo soon',
    { input: 'line\n', timeout: 4000 },
    { stdout: 'soon\n' },
  );
});
