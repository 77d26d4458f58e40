// For descriptors-standard.test.ts: which numbers a child has where the caller left inheritable ones.
import type { PosixSpawnOptions } from 'forkless';
import { FileActions, setCloexec } from 'forkless';
import { say } from '../../support/in-program.js';
import { askProbe } from '../../support/probe.js';
import { openDescriptors } from '../../support/proc.js';

for (const fd of openDescriptors().keys()) if (fd > 99) setCloexec(fd, true);
const cloexecDefault = true;
say({
  plain: await numbersWith({}),
  denied: await numbersWith({ cloexecDefault }),
  standard: await numbersWith({ cloexecDefault, fds: [0, 1, 2] }),
  kept: await numbersWith({ cloexecDefault, fileActions: new FileActions().addInherit(20).addInherit(77) }),
  slots: await numbersWith({ cloexecDefault, fds: [20, 50, null, 99] }),
  opened: await numbersWith({
    cloexecDefault,
    fileActions: new FileActions().addDup2(60, 5).addOpen(61, '/', 'r'),
  }),
});

async function numbersWith(options: PosixSpawnOptions): Promise<number[]> {
  return (await askProbe(options)).fds.map(({ fd }) => fd);
}
