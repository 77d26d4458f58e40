import { once } from 'node:events';
import { connect, forkReceiver } from './handles.js';

const child = forkReceiver('exit');
const exited = once(child, 'exit');
const { server, client, socket } = await connect();
client.on('error', () => {});
await exited;
const tell = (error: NodeJS.ErrnoException | null) => console.log(error?.code);
child.on('error', tell);
console.log(child.send('text', socket, tell));
socket.destroy();
client.destroy();
server.close();
