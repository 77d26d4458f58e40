// What the programs that send handles share.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import net from 'node:net';
import { fileURLToPath } from 'node:url';
import { cp } from './door.js';

/** A forked child with one of the tasks of handle-receiver. */
export function forkReceiver(task: string): ChildProcess {
  const child = cp.fork(fileURLToPath(new URL('./handle-receiver.cjs', import.meta.url)), [task], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  child.on('exit', (...args) => console.log('exit', ...args));
  return child;
}

export async function listen(): Promise<{ server: net.Server; port: number }> {
  const server = net.createServer().listen(0);
  await once(server, 'listening');
  return { server, port: portOf(server) };
}

export function portOf(server: net.Server): number {
  return (server.address() as AddressInfo).port;
}

/** Both ends of a connection to a server of this process. */
export async function connect(): Promise<{ server: net.Server; client: net.Socket; socket: net.Socket }> {
  const { server, port } = await listen();
  const client = net.connect(port);
  const [socket]: net.Socket[] = await once(server, 'connection');
  if (socket === undefined) throw new Error('no socket');
  return { server, client, socket };
}
