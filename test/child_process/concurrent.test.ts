import { expect } from 'chai';
import { ours, runScript, same, sameScript } from './oracle.js';
import { closed, ends, outcomeOf } from './story.js';

const meddle = new URL('../../build/test/meddle.node', import.meta.url).pathname;

/** Twelve children at once where there is room for so many descriptors; then `left` of them are open. */
const tooMany = `
  import { readdirSync } from 'node:fs';
  import { createRequire } from 'node:module';
  const meddle = createRequire(import.meta.url)(process.argv[2]);
  const first = cp.spawn('/bin/true'); await new Promise((resolve) => first.on('close', resolve));
  const before = readdirSync('/proc/self/fd').length;
  meddle.setSoftNofile(before + Number(process.argv[3] ?? 9));
  const seen = new Set(); let open = 0; let left;
  for (let n = 0; n < 12; n += 1) {
    open += 1;
    const child = cp.spawn('sleep', ['0.05']);
    child.on('error', ({ code, syscall }) => seen.add(code + ' ' + syscall + ' ' + child.stdin + ' ' + child.stdio + ' ' + child.pid));
    child.on('close', (code) => { seen.add('close ' + Math.sign(code)); open -= 1; if (open === 0) end(); });
  }
  function end() {
    setImmediate(() => {
      meddle.setSoftNofile(1000);
      left = readdirSync('/proc/self/fd').length - before;
      console.log([...seen].sort());
    });
  }`;

describe('many children at once', () => {
  same(
    '16 at a time, ten times',
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
    'of every kind',
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
  sameScript(
    'too many for the table of descriptors: EMFILE is an event',
    tooMany,
    ({ stdout }) => expect(stdout).to.match(/EMFILE spawn \/?[a-z]+ undefined undefined undefined/),
    { args: [meddle] },
  );
  // Not compared: where the table is full between the sockets of one start, Node loses those that it has.
  it('too many for the table of descriptors: and nothing is lost, wherever in a start it is full', async () => {
    for (let room = 6; room < 12; room += 1) {
      const { stdout, stderr } = await runScript(
        ours,
        `${tooMany} process.on('exit', () => console.log(left));`,
        {
          args: [meddle, String(room)],
        },
      );
      expect(stderr).to.equal('');
      expect(stdout, `${room} free`).to.match(/EMFILE/);
      expect(stdout.trim().split('\n').pop(), `${room} free`).to.equal('0');
    }
  });
  it('of both modules live beside each other', async () => {
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
