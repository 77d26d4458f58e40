import { spawn } from 'forkless/child_process';
import { say } from '../../support/in-program.js';

const order: string[] = [];
const child = spawn('sleep', ['0.1'], { stdio: 'ignore' });
child.unref();
child.on('exit', () => order.push('exit'));
child.on('close', () => order.push('close'));
setTimeout(() => say([...order, 'timer']), 3000);
