import net from 'node:net';
import { forkReceiver, listen } from './handles.js';

const child = forkReceiver('count');
let sent = 0;
const { server, port } = await listen();
server.on('connection', (socket) => {
  child.send(sent, socket);
  child.send('between');
  sent += 1;
  if (sent === 6) child.send('end');
});
child.on('message', (count) => {
  console.log(count);
  server.close();
});
const said = await Promise.all(
  Array.from({ length: 6 }, async () => {
    let all = '';
    for await (const text of net.connect(port)) all += text;
    return all;
  }),
);
console.log(said.sort().join());
