import cp from 'node:child_process';
import { dropIn, throughUs } from '../../register/programs/kit.js';
import { say } from '../../support/in-program.js';
import { given } from './seen.js';

const { sinon } = given;
sinon?.stub(cp, 'spawn').returns('stub');
sinon?.spy(cp, 'execFile');
const stubbed: unknown = cp.spawn('true');
const spied = await throughUs(() => cp.exec('true'));
const { callCount } = cp.execFile as unknown as { callCount: number };
sinon?.restore();
say([stubbed, spied, callCount, await throughUs(() => cp.spawn('true')), dropIn().reason]);
