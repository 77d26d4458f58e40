import { once } from 'node:events';
import { connect, forkReceiver } from './handles.js';

const child = forkReceiver('write and destroy');
const { server, client, socket } = await connect();
child.send('text', socket, { keepOpen: true });
await once(child, 'message');
socket.end('parent');
let all = '';
for await (const text of client) all += text;
console.log(all);
server.close();
