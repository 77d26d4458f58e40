import { say } from '../../support/in-program.js';
import { dropIn, throughUs, warningsHaveCome } from './kit.js';
import { cp, replaceable, warnings } from './observed.js';

await warningsHaveCome();
const { execFile } = cp;
replaceable['execFile'] = (...args: unknown[]) => Reflect.apply(execFile, undefined, args);
const reasons = [dropIn().reason];
const through = [await throughUs(() => cp.spawn('true')), await throughUs(() => cp.spawnSync('true'))];
replaceable['spawn'] = cp.ChildProcess;
reasons.push(dropIn().reason);
const { error } = cp.spawnSync('/no/such/program');
say([through, reasons, warnings, (error as NodeJS.ErrnoException | undefined)?.code]);
