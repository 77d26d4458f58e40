import childProcess from 'node:child_process';
import { say } from '../../support/in-program.js';

const { ChildProcess } = childProcess;
await import('forkless/register');
const child = childProcess.spawn('true');
say([child instanceof ChildProcess, childProcess.ChildProcess === ChildProcess, child.constructor.name]);
