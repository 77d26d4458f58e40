import { once } from 'node:events';
import { cp } from './door.js';
import { connect, forkReceiver } from './handles.js';

const child = forkReceiver('say what is heard');
const { server, client, socket } = await connect();
child.send('text', socket);
await once(child, 'message');
const echo = cp.spawn('echo', ['a word'], { stdio: ['ignore', client, 'inherit'] });
await once(echo, 'exit');
client.destroy();
await once(child, 'exit');
server.close();
