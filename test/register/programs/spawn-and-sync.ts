import { say } from '../../support/in-program.js';
import { dropIn, throughUs, warningsHaveCome } from './kit.js';
import { cp, warnings } from './observed.js';

await warningsHaveCome();
const { reason } = dropIn();
const through = [await throughUs(() => cp.spawn('true')), await throughUs(() => cp.spawnSync('true'))];
say({ warnings, reason, through });
