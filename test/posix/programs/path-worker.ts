// A Worker of path.test.ts: starts a program by its name with the PATH that it has, with its own, and with none.
import { parentPort, workerData } from 'node:worker_threads';
import { posixSpawnp, posixSpawnpSync } from 'forkless';

const { door, tool, folder } = workerData as { door: string; tool: string; folder: string };
const start = door === 'posixSpawnpSync' ? posixSpawnpSync : posixSpawnp;
const codes = [await attempt()];
process.env['PATH'] = folder;
codes.push(await attempt());
delete process.env['PATH'];
codes.push(await attempt());
parentPort?.postMessage(codes);

async function attempt(): Promise<unknown> {
  try {
    return (await (await start(tool, ['x'])).exited).code;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}
