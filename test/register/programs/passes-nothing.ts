import { say } from '../../support/in-program.js';
import { dropIn, warningsHaveCome } from './kit.js';
import { calls, cp, warnings } from './observed.js';

await warningsHaveCome();
cp.spawn('true');
say([calls.at(-1) === 'true', dropIn().reason, warnings]);
