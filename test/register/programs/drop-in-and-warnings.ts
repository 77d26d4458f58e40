import { say } from '../../support/in-program.js';
import { dropIn, warningsHaveCome } from './kit.js';
import { warnings } from './observed.js';

await warningsHaveCome();
await warningsHaveCome();
say({ ...dropIn(), warnings });
