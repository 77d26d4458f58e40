import { say } from '../../support/in-program.js';
import { warningsHaveCome } from './kit.js';
import { cp, warnings } from './observed.js';

await warningsHaveCome();
cp.spawnSync('true');
say({ property: Object.getOwnPropertyDescriptor(process, 'noDeprecation'), warnings });
