// Runs another program of this folder in a Worker, and prints what it posts.
import { Worker } from 'node:worker_threads';
import { readParameters } from '../../support/in-program.js';
import { door } from './door.js';

const { name } = readParameters<{ name: string }>();
const worker = new Worker(new URL(`./${name}.js`, import.meta.url), { workerData: { door } });
worker.on('error', (error: Error) => console.log('error', error.message));
worker.on('exit', (code) => console.log('worker', code));
worker.on('message', (message) => console.log(message));
