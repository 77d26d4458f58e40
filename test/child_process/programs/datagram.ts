import dgram from 'node:dgram';
import { once } from 'node:events';
import { forkReceiver } from './handles.js';

const child = forkReceiver('hear a datagram');
const socket = dgram.createSocket('udp4').bind(0, '127.0.0.1');
await once(socket, 'listening');
const { port } = socket.address();
child.send('socket', socket);
await once(child, 'message');
socket.close();
const sender = dgram.createSocket('udp4');
sender.send('datagram', port, '127.0.0.1', () => sender.close());
console.log(...(await once(child, 'message')));
