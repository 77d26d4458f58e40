import childProcess from 'node:child_process';
import * as ours from 'forkless/child_process';
import { say } from '../../support/in-program.js';

const all = ours as unknown as Record<string, unknown>;
say(Object.entries(childProcess).filter(([name, value]) => name in all && value !== all[name]));
