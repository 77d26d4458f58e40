// For signals-parent.test.ts: the mask of the calling thread after starts that fail for want of something.
import { closeSync, openSync } from 'node:fs';
import type { PosixSpawnOptions } from 'forkless';
import { FileActions, posixSpawn, posixSpawnSync } from 'forkless';
import { readParameters, say } from '../../support/in-program.js';
import { meddle } from '../../support/meddle.js';
import { openDescriptors, reservedNumbers } from '../../support/proc.js';

const { door, mask } = readParameters<{ door: string; mask: string }>();
const start = door === 'posixSpawnSync' ? posixSpawnSync : posixSpawn;
const codes: string[] = [];
const masks: string[] = [];

meddle.setMask(mask);
await attempt();
const full = Math.max(...openDescriptors().keys(), ...reservedNumbers()) + 8;
const before = meddle.setSoftNofile(full);
const opened = openAll();
await attempt();
// Room for two pipe ends and a pidfd, but none above the number that is named.
for (const fd of opened.slice(0, 3)) closeSync(fd);
await attempt({ fileActions: new FileActions().addClose(full - 2) });
meddle.setSoftNofile(before);
meddle.installSeccomp('clone=EAGAIN clone3-outside-libc=EAGAIN', false);
await attempt();
say({ codes, masks });

async function attempt(options?: PosixSpawnOptions): Promise<void> {
  try {
    await (await start('/bin/true', ['true'], options)).exited;
    codes.push('none');
  } catch (error) {
    const { code, step } = error as { code: string; step: string };
    codes.push(`${code} ${step}`);
  }
  masks.push(meddle.getMask());
}

/** Takes all numbers below the limit. */
function openAll(): number[] {
  const opened: number[] = [];
  try {
    for (;;) opened.push(openSync('/dev/null', 'r'));
  } catch {
    return opened;
  }
}
