import { say } from '../../support/in-program.js';
import { dropIn, throughUs, warningsHaveCome } from './kit.js';
import { calls, cp, warnings } from './observed.js';

await warningsHaveCome();
calls.length = 0;
const through = {
  spawn: await throughUs(() => cp.spawn('true')),
  execFile: await throughUs(() => cp.execFile('true')),
  spawnSync: await throughUs(() => cp.spawnSync('true')),
  execSync: await throughUs(() => cp.execSync('true')),
};
say({ through, said: [...new Set(calls)], warnings, ...dropIn() });
