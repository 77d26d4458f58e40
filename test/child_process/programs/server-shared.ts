import { once } from 'node:events';
import net from 'node:net';
import { forkReceiver, listen } from './handles.js';

const child = forkReceiver('serve');
const { server, port } = await listen();
child.send('server', server);
await once(child, 'message');
server.close(() => console.log('closed here'));
for (let n = 0; n < 3; n += 1) for await (const text of net.connect(port)) console.log(String(text));
child.send('end');
