import { expect } from 'chai';
import { explain, FileActions, features, Process, posixSpawn } from 'forkless';

async function codeOf(use: () => unknown): Promise<unknown> {
  try {
    await use();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return 'none';
}

describe('an argument that pretends', () => {
  it('to be an AbortSignal, by its prototype, is refused before a start', async () => {
    const before = features().rungs;
    const signal = Object.create(AbortSignal.prototype, { aborted: { value: false } });
    expect(await codeOf(() => posixSpawn('/bin/true', ['true'], { signal }))).to.equal(
      'ERR_INVALID_ARG_TYPE',
    );
    expect(features().rungs).to.deep.equal(before);
  });

  it('to hold no null byte, by an includes of its own, is refused', async () => {
    class Bytes extends Uint8Array {
      override includes(): boolean {
        return false;
      }
    }
    const argument = Bytes.of(97, 0, 98);
    expect(await codeOf(() => posixSpawn('/bin/true', ['true', argument]))).to.equal('ERR_INVALID_ARG_VALUE');
  });

  it('to be a Process cannot be made', async () => {
    const Constructor = Process as unknown as new (...values: unknown[]) => unknown;
    expect(await codeOf(() => new Constructor())).to.equal('ERR_ILLEGAL_CONSTRUCTOR');
    const child = { id: 0, pid: 0, pidfd: -1 };
    expect(await codeOf(() => new Constructor(child, Promise.resolve()))).to.equal('ERR_ILLEGAL_CONSTRUCTOR');
  });
});

describe('very many file actions', () => {
  it('are a plan like any other', () => {
    const actions = new FileActions();
    for (let fd = 0; fd < 200_000; fd++) actions.addClose(fd * 2);
    const lines = explain('/bin/true', ['true'], { fileActions: actions, cloexecDefault: true }).split('\n');
    expect(lines.filter((line) => line.includes('(file action'))).to.have.length(200_000);
  }).timeout(20_000);
});
