import { expect } from 'chai';
import { closed, ends, outcomeOf } from './event-log.js';
import { ours, runDoorProgram, same, sameProgram } from './oracle.js';

describe('many children at once', () => {
  same(
    'end with their own output and exit code, 16 at a time',
    async (cp) => {
      const all: unknown[] = [];
      for (let round = 0; round < 10; round += 1)
        all.push(
          ...(await Promise.all(
            Array.from({ length: 16 }, (_, n) =>
              outcomeOf(() => cp.spawn('/bin/sh', ['-c', `echo ${round}-${n}; exit ${n}`])),
            ),
          )),
        );
      return all as Awaited<ReturnType<typeof outcomeOf>>[];
    },
    (outcomes) => {
      expect(outcomes).to.have.length(160);
      for (const [index, outcome] of outcomes.entries())
        ends(index % 16, `${Math.floor(index / 16)}-${index % 16}\n`)(outcome);
    },
  );
  same(
    'of every kind have the outcomes that Node’s have',
    async (cp) =>
      Promise.all(
        Array.from({ length: 24 }, (_, n) => {
          if (n % 4 === 0) return outcomeOf(() => cp.spawn('/no/such'));
          if (n % 4 === 1) return outcomeOf(() => cp.spawn('sleep', ['30'], { timeout: 30 }));
          if (n % 4 === 2)
            return outcomeOf(() => cp.spawn('cat', { stdio: ['pipe', 'pipe', 'inherit', 'pipe'] }));
          return outcomeOf(() => cp.spawn('/bin/true', { stdio: 'ignore' }));
        }),
      ),
    (outcomes) => expect(outcomes).to.have.length(24),
  );
  sameProgram(
    'that exhaust the table of descriptors get EMFILE as an event',
    'too-many-children',
    ({ stdout }) => expect(stdout).to.match(/EMFILE spawn \/?[a-z]+ undefined undefined undefined/),
    { parameters: { room: 9 } },
  );
  // Not compared: where the table is full between the sockets of one start, Node loses those that it has.
  it('that exhaust the table of descriptors leak none, wherever in a start it is full', async () => {
    for (let room = 6; room < 12; room += 1) {
      const { stdout, stderr } = await runDoorProgram(ours, 'too-many-children', {
        parameters: { room, tellLeft: true },
      });
      expect(stderr).to.equal('');
      const { seen, left } = JSON.parse(stdout);
      expect(seen.join(), `${room} free`).to.match(/EMFILE/);
      expect(left, `${room} free`).to.equal(0);
    }
  });
  it('of both modules run beside each other', async () => {
    const { spawn } = await import('node:child_process');
    const codes = await Promise.all(
      Array.from({ length: 20 }, async (_, n) => {
        const child =
          n % 2 ? ours.spawn('/bin/sh', ['-c', `exit ${n}`]) : spawn('/bin/sh', ['-c', `exit ${n}`]);
        await closed(child);
        return child.exitCode;
      }),
    );
    expect(codes).to.deep.equal(Array.from({ length: 20 }, (_, n) => n));
  });
});
