// For ladder-limits.test.ts: starts before, under and after a limit on processes, which the test sets meanwhile.
import { readFileSync } from 'node:fs';
import { posixSpawn, posixSpawnSync } from 'forkless';
import { readParameters, say } from '../../support/in-program.js';
import { childrenOf, openDescriptors } from '../../support/proc.js';
import { until } from '../../support/until.js';

/** The file in which this process sees the limit, and the text that is there once it is set. */
const { file, limited } = readParameters<{ file: string; limited: string }>();
const isLimited = (): boolean => new RegExp(limited).test(readFileSync(file, 'latin1'));

say(await codeOfTrue());
await until('there is a limit', isLimited);
const before = openDescriptors().size;
for (const start of [posixSpawn, posixSpawnSync]) {
  const failure = await (async () => start('/bin/true', ['true']))().then(
    () => ({ code: 'started' }),
    ({ code, errno, syscall, step }) => ({ code, errno, syscall, step }),
  );
  say({ ...failure, left: childrenOf().length, descriptors: openDescriptors().size - before });
}
await until('there is none any more', () => !isLimited());
say(await codeOfTrue());

async function codeOfTrue(): Promise<number | null> {
  return (await (await posixSpawn('/bin/true', ['true'])).exited).code;
}
