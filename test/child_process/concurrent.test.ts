import { expect } from 'chai';
import { ours, same, sameScript } from './oracle.js';
import { closed, ends, outcomeOf } from './story.js';

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
    'too many for the table of descriptors: EMFILE is an event, and nothing is lost',
    `import { readdirSync } from 'node:fs';
     import { createRequire } from 'node:module';
     const meddle = createRequire(import.meta.url)(process.argv[2]);
     const first = cp.spawn('/bin/true'); await new Promise((resolve) => first.on('close', resolve));
     const before = readdirSync('/proc/self/fd').length;
     meddle.setSoftNofile(before + 9);
     const codes = new Map(); let open = 0;
     for (let n = 0; n < 12; n += 1) {
       open += 1;
       const child = cp.spawn('sleep', ['0.05']);
       const note = (what) => codes.set(what, (codes.get(what) ?? 0) + 1);
       child.on('error', ({ code, syscall }) => note(code + ' ' + syscall + ' ' + child.stdin + ' ' + child.stdio + ' ' + child.pid));
       child.on('close', (code, signal) => { note('close ' + Math.sign(code)); open -= 1; if (open === 0) end(); });
     }
     function end() { setImmediate(() => { meddle.setSoftNofile(1000); console.log([...codes.keys()].sort()); console.log(readdirSync('/proc/self/fd').length - before); }); }`,
    ({ stdout }) => expect(stdout).to.match(/EMFILE spawn \/?[a-z]+ undefined undefined undefined/),
    { args: [new URL('../../build/test/meddle.node', import.meta.url).pathname] },
  );
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
