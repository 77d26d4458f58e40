import cp from 'node:child_process';
import { dropIn, throughUs } from '../../register/programs/kit.js';
import { say } from '../../support/in-program.js';
import { given } from './seen.js';

const reasons = [dropIn().reason];
const stubbed: unknown = cp.exec('true');
given.sinon?.restore();
reasons.push(dropIn().reason);
say([stubbed, ...reasons, cp.exec.name, await throughUs(() => cp.spawn('true'))]);
