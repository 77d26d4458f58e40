// What a program does with the channel of a forked child right after `fork`.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { fileURLToPath } from 'node:url';
import { cp } from './door.js';
import { letGo, startHeld } from './gate.js';
import { connect } from './handles.js';
import { storyOf, tellAll } from './story.js';

const file = fileURLToPath(new URL('./handle-receiver.cjs', import.meta.url));

const fork =
  (task: string, options: object = {}) =>
  () =>
    cp.fork(file, [task], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], ...options });

async function after(start: () => ChildProcess, act: (child: ChildProcess) => unknown): Promise<unknown> {
  const child = startHeld(start);
  const story = storyOf(child);
  const said = act(child);
  letGo();
  return { said, ...(await story), connected: child.connected };
}

await tellAll({
  'a message is sent': () => after(fork('count'), (child) => child.send('end')),
  'many messages are sent': () =>
    after(fork('count'), (child) => {
      for (let count = 0; count < 500; count++) child.send(count);
      child.send('end');
      return child.connected;
    }),
  'a structured message is sent': () =>
    after(fork('count', { serialization: 'advanced' }), (child) => {
      child.send(new Map([[1, 2]]) as unknown as string);
      return child.send('end');
    }),
  'a large message is sent': () =>
    after(fork('count'), (child) => {
      child.send('x'.repeat(1_000_000));
      child.send('end');
    }),
  'a socket is sent': async () => {
    const { server, client, socket } = await connect();
    let text = '';
    client.setEncoding('utf8').on('data', (more: string) => {
      text += more;
    });
    const closed = once(client, 'close');
    const told = await after(fork('answer and end'), (child) => child.send('socket', socket));
    await closed;
    server.close();
    return { told, text };
  },
  'a server is sent and closed': async () => {
    const server = net.createServer().listen(0);
    await once(server, 'listening');
    const { port } = server.address() as net.AddressInfo;
    const child = startHeld(fork('serve'));
    const story = storyOf(child);
    const said = child.send('server', server, () => server.close());
    letGo();
    await once(child, 'message');
    let text = '';
    const client = net.connect(port).setEncoding('utf8');
    client.on('data', (more: string) => {
      text += more;
    });
    await once(client, 'close');
    child.send('end');
    return { said, text, told: await story };
  },
  'it is disconnected': async () => {
    const child = startHeld(fork('count'));
    const story = storyOf(child, 'exit');
    child.disconnect();
    const said = [child.connected, child.channel === null];
    letGo();
    return { said, events: (await story).events };
  },
  'a message is sent and it is disconnected': async () => {
    const child = startHeld(fork('count'));
    const story = storyOf(child, 'exit');
    child.send('message');
    child.disconnect();
    letGo();
    return { events: (await story).events };
  },
  'a message is sent, and it is killed by its number': async () => {
    const child = startHeld(fork('count'));
    const story = storyOf(child);
    child.send('message');
    process.kill(child.pid ?? 0, 'SIGKILL');
    letGo();
    return { events: (await story).events };
  },
  'it ends at once': () => after(fork('exit'), (child) => child.connected),
});
