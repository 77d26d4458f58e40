// Forked by the programs that send handles. What it does with a handle is named by its argument.
import type dgram = require('node:dgram');
import type net = require('node:net');

const receivers = {
  'answer and end'(message: unknown, socket: net.Socket) {
    socket.end(`from the child: ${message}`);
    process.disconnect();
  },
  'write and destroy'(_message: unknown, socket: net.Socket) {
    socket.write('child ', () => {
      socket.destroy();
      process.send?.('done');
      process.disconnect();
    });
  },
  serve(message: unknown, handle: net.Server) {
    if (message === 'end') {
      server?.close();
      process.disconnect();
      return;
    }
    server = handle;
    server.on('connection', (socket) => socket.end('child'));
    process.send?.('ready');
  },
  'hear a datagram'(_message: unknown, socket: dgram.Socket) {
    socket.on('message', (text) => {
      process.send?.(String(text));
      socket.close();
      process.disconnect();
    });
    process.send?.('ready');
  },
  count(message: unknown, socket?: net.Socket) {
    count += 1;
    socket?.end(String(message));
    if (message === 'end') {
      process.send?.(count);
      process.disconnect();
    }
  },
  'say what is heard'(_message: unknown, socket: net.Socket) {
    socket.on('data', (text) => process.stdout.write(`heard ${text}`)).on('end', () => process.disconnect());
    process.send?.('ready');
  },
};
let server: net.Server | undefined;
let count = 0;

const [, , task] = process.argv;
if (task === 'exit') process.exit(0);
process.on('message', receivers[task as keyof typeof receivers] as NodeJS.MessageListener);
