import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { getCloexec, posixSpawn, posixSpawnSync } from 'forkless';
import type { Assignment } from '../plan/assign-model.js';
import {
  assignAtOnce,
  type Table as ModelTable,
  randomAssignment,
  seededRandom,
} from '../plan/assign-model.js';
import { lowestFree, show, tableOf } from '../support/descriptor-table.js';
import { askProbe } from '../support/probe.js';
import { openDescriptors } from '../support/proc.js';
import { failureOf } from '../support/starts.js';
import { tempPath } from '../support/temp.js';

const SEED = 0xf0;
const RANDOM = 200;
const FILES = 12;

describe('the simultaneous assignment of descriptors', () => {
  const files: { fd: number; path: string }[] = [];
  let sources: number[];

  before(() => {
    for (let count = 0; count < FILES; count++) {
      const path = tempPath('source');
      writeFileSync(path, '');
      files.push({ fd: openSync(path, 'r'), path });
    }
    sources = [0, 1, 2, ...files.map(({ fd }) => fd)];
  });

  after(() => {
    for (const { fd, path } of files) {
      closeSync(fd);
      rmSync(path);
    }
  });

  /** Holds the child's table to what the definition of the assignment makes of the parent's. */
  async function check(fds: Assignment, cloexecDefault: boolean, title: string): Promise<void> {
    const model = assignAtOnce(fds, parentTable());
    if (model === undefined) throw new Error(`${title}: a source is closed`);
    const kept = [...model].filter(([fd, { cloexec }]) =>
      cloexecDefault ? fds[fd] !== undefined : !cloexec,
    );
    const report = await askProbe({ fds, cloexecDefault });
    expect(show(tableOf(report)), title).to.equal(
      show(new Map(kept.map(([fd, { object }]) => [fd, object]))),
    );
    expect(report.fds.filter(({ cloexec }) => cloexec)).to.deep.equal([]);
  }

  async function checkBoth(fds: Assignment, title = showAssignment(fds)): Promise<void> {
    await check(fds, false, title);
    await check(fds, true, `${title}, nothing else`);
  }

  it(`${RANDOM} random assignments, half of them with nothing else`, async () => {
    for (let seed = SEED; seed < SEED + RANDOM; seed++) {
      const random = seededRandom(seed);
      // A short list of sources among the first numbers makes cycles; the files make every source another one.
      const members = random(2) === 0 ? sources : Array.from({ length: 3 + random(15) }, (_, fd) => fd);
      const open = openDescriptors();
      const fds = randomAssignment(
        random,
        members.filter((fd) => open.has(fd)),
      );
      await check(fds, seed % 2 === 0, `seed ${seed}: ${showAssignment(fds)}`);
    }
  });

  it('all 27 assignments of 0–2, and the closed ones', async () => {
    const choices = [0, 1, 2, null];
    for (const first of choices)
      for (const second of choices)
        for (const third of choices) await check([first, second, third], true, 'all');
  });

  it('swaps, 3-cycles and two disjoint cycles', async () => {
    for (const fds of [
      [1, 0],
      [0, 2, 1],
      [1, 2, 0],
      [2, 0, 1],
      [1, 0, 3, 2],
      [1, 2, 0, 4, 3],
    ])
      await checkBoth(fds);
  });

  it('the reversal of 10', async () => {
    await checkBoth([9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
  });

  it('sources from above onto 0–4, and one source many times', async () => {
    const from = files.map(({ fd }) => fd);
    await checkBoth(from.slice(0, 5).reverse());
    await checkBoth(Array.from({ length: 30 }, () => from[3] as number));
    await checkBoth([0, 0, from[0] as number, 0]);
    await checkBoth([null, 0, 1, 2, from[1] as number]);
  });

  it('so many slots that the report pipe’s numbers are among them', async () => {
    const [, report = 0] = lowestFree(2);
    const last = files.at(-1)?.fd ?? 0;
    for (const length of [32, report - 1, report, report + 1, report + 2, report + 40]) {
      await checkBoth(
        Array.from({ length }, (_, slot) => sources[(slot * 7) % sources.length] as number),
        `${length}`,
      );
      await checkBoth(
        Array.from({ length }, (_, slot) => (slot % 3 === 0 ? null : last)),
        `${length} with holes`,
      );
    }
  });

  it('leaves numbers beyond the array as they are, or closes them', async () => {
    const { fd } = files[0] as { fd: number };
    const plain = tableOf(await askProbe({ fds: [fd] }));
    const open = openDescriptors();
    expect([plain.get(0), plain.get(1), plain.get(2)]).to.deep.equal([
      open.get(fd),
      open.get(1),
      open.get(2),
    ]);
    expect([...tableOf(await askProbe({ fds: [fd], cloexecDefault: true })).keys()]).to.deep.equal([0]);
  });

  it('keeps the offset and flags of the source: it is the same open file', async () => {
    const { fd } = files[0] as { fd: number };
    const { fds } = await askProbe({ fds: [fd, null, null], cloexecDefault: true });
    expect(fds).to.have.length(1);
    expect((fds[0]?.flags ?? -1) & 3).to.equal(0);
    expect(fds[0]?.offset).to.equal(0);
  });

  describe('with a closed source', () => {
    it('is EBADF, and says which number', async () => {
      const [closed = 0] = lowestFree(6).slice(-1);
      for (const fds of [[closed], [0, 1, 2, closed, 0], [1, 0, closed]]) {
        const error = await failureOf(() => posixSpawn('/bin/true', ['true'], { fds }));
        expect(error).to.include({ code: 'EBADF', step: 'dup2', fd: closed });
        expect(error).not.to.have.property('actionIndex');
      }
    });

    it('is EBADF where it is one of a cycle', async () => {
      const [one = 0, other = 0] = lowestFree(8).slice(-2);
      const fds: Assignment = Array.from({ length: other + 1 }, () => null);
      fds[one] = other;
      fds[other] = one;
      const error = await failureOf(() => posixSpawn('/bin/true', ['true'], { fds }));
      expect(error).to.include({ code: 'EBADF', step: 'inherit' });
    });

    it('is EBADF where it is the report pipe’s number', async () => {
      for (const fd of lowestFree(3)) {
        const error = await failureOf(() => posixSpawnSync('/bin/true', ['true'], { fds: [0, 1, 2, fd] }));
        expect(error).to.include({ code: 'EBADF', step: 'dup2', fd });
      }
    });
  });
});

/** The parent's table as the model has it: Node's own marks on 0–2 do not count. */
function parentTable(): ModelTable {
  const open = [...openDescriptors()];
  return new Map(open.map(([fd, object]) => [fd, { object, cloexec: fd > 2 && getCloexec(fd) }]));
}

function showAssignment(fds: Assignment): string {
  return `{${fds.map((source) => source ?? 'closed').join(', ')}}`;
}
