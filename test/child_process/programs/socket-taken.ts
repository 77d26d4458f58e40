import { connect, forkReceiver } from './handles.js';

const child = forkReceiver('answer and end');
const { server, client, socket } = await connect();
child.send('text', socket, (error) => console.log('sent', error));
console.log((socket as unknown as { _handle: unknown })._handle === null);
for await (const text of client) console.log(String(text));
server.close(() => console.log('closed'));
