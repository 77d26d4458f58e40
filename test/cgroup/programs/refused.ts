// For cgroups.test.ts: an ordinary user makes cgroups.
import { createCgroup } from 'forkless/cgroup';
import { say } from '../../support/in-program.js';

const codes: string[] = [];
for (const options of [{}, { pids: 5 }, { parent: '/' }])
  codes.push(
    await createCgroup(options).then(
      () => 'made',
      (error) => error.code,
    ),
  );
say(codes);
