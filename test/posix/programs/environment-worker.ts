// A Worker of environment.test.ts: its own environment is what its child has.
import { parentPort, workerData } from 'node:worker_threads';
import { posixSpawn, posixSpawnSync } from 'forkless';
import { askProbe } from '../../support/probe.js';

const { door, env } = workerData as { door: string; env: Record<string, string> };
for (const key of Object.keys(process.env)) delete process.env[key];
Object.assign(process.env, env);
const report = await askProbe({}, door === 'posixSpawnSync' ? posixSpawnSync : posixSpawn);
parentPort?.postMessage(report.env);
