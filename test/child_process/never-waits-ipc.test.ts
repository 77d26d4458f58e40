import { expect } from 'chai';
import { describeScenarios } from './never-waits.js';

const events = (...between: readonly string[]) => ['spawn', ...between, 'exit 0 null', 'close 0 null'];

describe('a fork that does not wait, when right after it', () => {
  const counted = (message: number) => (told: unknown) =>
    expect(told).to.deep.include({
      events: events(`message ${message} undefined`, 'disconnect'),
      connected: false,
    });
  describeScenarios('never-waits-ipc', {
    'a message is sent': counted(1),
    'many messages are sent': counted(501),
    'a structured message is sent': counted(2),
    'a large message is sent': counted(2),
    'a socket is sent': (told) =>
      expect(told)
        .to.deep.include({ text: 'from the child: socket' })
        .and.nested.include({ 'told.said': true }),
    'a server is sent and closed': (told) => expect(told).to.deep.include({ said: true, text: 'child' }),
    'it is disconnected': (told) =>
      expect(told).to.deep.equal({ said: [false, true], events: ['spawn', 'disconnect', 'exit 0 null'] }),
    'a message is sent and it is disconnected': (told) =>
      expect(told).to.deep.equal({ events: ['spawn', 'disconnect', 'exit 0 null'] }),
    'a message is sent, and it is killed by its number': (told) =>
      expect(told)
        .to.have.property('events')
        .that.includes.members(['spawn', 'exit null SIGKILL', 'close null SIGKILL']),
    'it ends at once': (told) => expect(told).to.deep.include({ said: true, events: events('disconnect') }),
  });
});
