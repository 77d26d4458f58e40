import { expect } from 'chai';
import { sameProgram } from './oracle.js';

describe('a channel carries', () => {
  sameProgram(
    'a net.Socket that it takes away from the parent',
    'socket-taken',
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
  sameProgram(
    'a net.Socket that the parent keeps open',
    'socket-kept',
    ({ stdout }) => expect(stdout).to.match(/child parent/),
    { anyOrder: true },
  );
  sameProgram(
    'a net.Server that both then serve',
    'server-shared',
    ({ stdout }) => expect(stdout).to.match(/child\nchild\nchild/),
    { anyOrder: true },
  );
  sameProgram('a dgram socket', 'datagram', ({ stdout }) => expect(stdout).to.match(/^datagram/m), {
    anyOrder: true,
  });
  sameProgram(
    'many sockets and messages in the order in which they were sent',
    'sockets-in-order',
    ({ stdout }) => expect(stdout).to.match(/^0,1,2,3,4,5$/m),
    { anyOrder: true },
  );
  sameProgram(
    'no handle to a child that has ended: it is closed',
    'handle-to-none',
    ({ stdout }) => expect(stdout).to.match(/exit 0 null/),
    { anyOrder: true },
  );
  sameProgram(
    'a socket into which another child then writes',
    'socket-of-child',
    ({ stdout }) => expect(stdout).to.match(/^heard a word$/m),
    { anyOrder: true },
  );
});

describe('cluster', () => {
  // Node's own cluster calls fork of node:child_process: here it is ours by `forkless/register`, or Node's.
  sameProgram('runs on fork of either module', 'cluster', ({ stdout, stderr }) => {
    expect(stderr).to.equal('');
    expect(stdout).to.match(/^2 worker 1,worker 1,worker 2,worker 2\n/);
    expect(stdout).to.match(
      /disconnect1,disconnect2,exit1,exit2,fork1,fork2,listening1,listening2,online1,online2/,
    );
  });
});
