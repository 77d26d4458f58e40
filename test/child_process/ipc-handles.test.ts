import { expect } from 'chai';
import { sameScript } from './oracle.js';

/** A child that gets handles and answers with what it did; it runs the text as a CommonJS module. */
function forked(text: string): string {
  return `const { writeFileSync, rmSync } = await import('node:fs');
    const path = import.meta.url.slice(7).replace('.mjs', '-' + door.length + '.cjs');
    writeFileSync(path, ${JSON.stringify(text)});
    process.on('exit', () => rmSync(path));
    const net = await import('node:net'); const dgram = await import('node:dgram'); const { once } = await import('node:events');
    const child = cp.fork(path, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    child.on('exit', (...args) => console.log('exit', ...args));`;
}

describe('a channel carries', () => {
  sameScript(
    'a net.Socket that it takes away from the parent',
    `${forked(`process.on('message', (message, socket) => { socket.end('from the child: ' + message); process.disconnect(); });`)}
     const server = net.createServer().listen(0);
     await once(server, 'listening');
     const client = net.connect(server.address().port);
     const [socket] = await once(server, 'connection');
     child.send('text', socket, (error) => console.log('sent', error));
     console.log(socket._handle === null);
     for await (const text of client) console.log(String(text));
     server.close(() => console.log('closed'));`,
    ({ stdout }) =>
      expect(stdout.split('\n').sort()).to.include.members([
        'true',
        'sent null',
        'from the child: text',
        'closed',
        'exit 0 null',
      ]),
    { anyOrder: true },
  );
  sameScript(
    'a net.Socket that the parent keeps open',
    `${forked(`process.on('message', (message, socket) => { socket.write('child ', () => { socket.destroy(); process.send('done'); process.disconnect(); }); });`)}
     const server = net.createServer().listen(0);
     await once(server, 'listening');
     const client = net.connect(server.address().port);
     const [socket] = await once(server, 'connection');
     child.send('text', socket, { keepOpen: true });
     await once(child, 'message');
     socket.end('parent');
     let all = '';
     for await (const text of client) all += text;
     console.log(all);
     server.close();`,
    ({ stdout }) => expect(stdout).to.match(/child parent/),
    { anyOrder: true },
  );
  sameScript(
    'a net.Server that both then serve',
    `${forked(`process.on('message', (message, server) => {
       if (message === 'end') { this.server.close(); process.disconnect(); return; }
       this.server = server; server.on('connection', (socket) => socket.end('child')); process.send('ready'); });`)}
     const server = net.createServer().listen(0);
     await once(server, 'listening');
     const { port } = server.address();
     child.send('server', server);
     await once(child, 'message');
     server.close(() => console.log('closed here'));
     for (let n = 0; n < 3; n += 1) {
       const client = net.connect(port);
       for await (const text of client) console.log(String(text));
     }
     child.send('end');`,
    ({ stdout }) => expect(stdout).to.match(/child\nchild\nchild/),
    { anyOrder: true },
  );
  sameScript(
    'a dgram socket',
    `${forked(`process.on('message', (message, socket) => { socket.on('message', (text) => { process.send(String(text)); socket.close(); process.disconnect(); }); process.send('ready'); });`)}
     const socket = dgram.createSocket('udp4').bind(0, '127.0.0.1');
     await once(socket, 'listening');
     const { port } = socket.address();
     child.send('socket', socket);
     await once(child, 'message');
     socket.close();
     const sender = dgram.createSocket('udp4');
     sender.send('datagram', port, '127.0.0.1', () => sender.close());
     console.log(...(await once(child, 'message')));`,
    ({ stdout }) => expect(stdout).to.match(/^datagram/m),
    { anyOrder: true },
  );
  sameScript(
    'many sockets one after the other, in order with messages',
    `${forked(`let count = 0; process.on('message', (n, socket) => { count += 1; if (socket) socket.end(String(n)); if (n === 'end') { process.send(count); process.disconnect(); } });`)}
     const server = net.createServer((socket) => { child.send(sent, socket); child.send('between'); sent += 1; if (sent === 6) child.send('end'); }).listen(0);
     let sent = 0;
     await once(server, 'listening');
     child.on('message', (count) => { console.log(count); server.close(); });
     const said = await Promise.all(Array.from({ length: 6 }, async () => { let all = ''; for await (const text of net.connect(server.address().port)) all += text; return all; }));
     console.log(said.sort().join());`,
    ({ stdout }) => expect(stdout).to.match(/^0,1,2,3,4,5$/m),
    { anyOrder: true },
  );
  sameScript(
    'a handle to a child that has gone, which is closed',
    `${forked(`process.exit(0);`)}
     const server = net.createServer().listen(0);
     await once(server, 'listening');
     const client = net.connect(server.address().port);
     client.on('error', () => {});
     const [socket] = await once(server, 'connection');
     await once(child, 'exit');
     child.on('error', (error) => console.log(error.code));
     console.log(child.send('text', socket, (error) => console.log(error.code)));
     socket.destroy(); client.destroy(); server.close();`,
    ({ stdout }) => expect(stdout).to.match(/exit 0 null/),
    { anyOrder: true },
  );
  sameScript(
    'a message between two children, by sockets of their own',
    `${forked(`process.on('message', (message, socket) => { socket.on('data', (text) => { process.stdout.write('heard ' + text); }).on('end', () => process.disconnect()); process.send('ready'); });`)}
     const server = net.createServer().listen(0);
     await once(server, 'listening');
     const client = net.connect(server.address().port);
     const [socket] = await once(server, 'connection');
     child.send('text', socket);
     await once(child, 'message');
     const echo = cp.spawn('echo', ['a word'], { stdio: ['ignore', client, 'inherit'] });
     await once(echo, 'exit');
     client.destroy();
     await once(child, 'exit');
     server.close();`,
    ({ stdout }) => expect(stdout).to.match(/^heard a word$/m),
    { anyOrder: true },
  );
});

describe('cluster', () => {
  // Node's own cluster calls fork of node:child_process: here it is ours by `forkless/register`, or Node's.
  sameScript(
    'runs on it',
    `import cluster from 'node:cluster';
     import http from 'node:http';
     import { once } from 'node:events';
     if (door === 'forkless/child_process') await import('forkless/register');
     if (cluster.isPrimary) {
       process.env.DOOR = door;
       const events = [];
       for (const event of ['fork', 'online', 'listening', 'disconnect', 'exit']) cluster.on(event, (worker) => events.push(event + worker.id));
       const workers = [cluster.fork({ N: 1 }), cluster.fork({ N: 2 })];
       const ports = await Promise.all(workers.map(async (worker) => (await once(worker, 'listening'))[0].port));
       const answers = [];
       for (let n = 0; n < 4; n += 1) answers.push(await (await fetch('http://127.0.0.1:' + ports[0], { headers: { connection: 'close' } })).text());
       console.log(new Set(answers).size, answers.sort().join());
       const gone = Promise.all(workers.map((worker) => once(worker, 'exit')));
       cluster.disconnect(() => console.log('disconnected'));
       console.log(JSON.stringify(await gone));
       console.log(events.sort().join());
     } else {
       http.createServer((request, response) => response.end('worker ' + process.env.N)).listen(0, '127.0.0.1');
     }`,
    ({ stdout, stderr }) => {
      expect(stderr).to.equal('');
      expect(stdout).to.match(/^2 worker 1,worker 1,worker 2,worker 2\n/);
      expect(stdout).to.match(
        /disconnect1,disconnect2,exit1,exit2,fork1,fork2,listening1,listening2,online1,online2/,
      );
    },
  );
});
