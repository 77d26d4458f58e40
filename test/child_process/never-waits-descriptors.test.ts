import { expect } from 'chai';
import { describeScenarios, is, ran, ways } from './never-waits.js';

const wrote = (told: unknown): void => {
  const { story, file } = told as { story: unknown; file: string };
  ran()(story);
  expect(file).to.equal('text\n');
};
const reused = (told: unknown): void => {
  const { told: first, same, other } = told as { told: unknown; same: boolean; other: string };
  wrote(first);
  expect({ same, other }).to.deep.equal({ same: true, other: '' });
};

const checks = {
  'the pipe of stdout is closed': wrote,
  'the pipe of stdout is closed and its number reused': reused,
  'the pipe of 3 is closed and its number reused': reused,
  'the pipe of 9 is closed and its number reused': reused,
  'the file of stdout is closed': wrote,
  'the file of stdout is closed and its number reused': reused,
  'the file of 9 is closed and its number reused': reused,
  'many files are closed and their numbers reused': (told: unknown) =>
    expect(told).to.deep.include({ lines: 31 }).and.have.nested.property('story.stderr', ''),
  'the parent closes 0, and opens something there': ran('right\n'),
  'a number of stdio is closed': is(['spawn EBADF', 'spawn EBADF']),
  'its stdin is written': ran('text'),
  'its stdin is ended': ran(''),
  'its stdin is destroyed': ran(''),
  'its stdin is written with a megabyte': (told: unknown) =>
    expect(told).to.deep.include({ stdout: 1_000_000 }),
  'its stdout is destroyed': ran('', 'null SIGPIPE'),
  'another is started and waited for': (told: unknown) => {
    ran('right')((told as { story: unknown }).story);
    expect(told).to.have.deep.property('said', ['text\n', 'input']);
  },
  'fifty are started': is(Array.from({ length: 50 }, (_, at) => `spawn,exit 0 null,close 0 null ${at}\n`)),
  'no descriptor is free': ran('right'),
  'few descriptors are free': is(3),
};

describe('a start that does not wait, when right after it', () => {
  describeScenarios('never-waits-descriptors', checks, { parameters: { point: 'exec' } });
});

describe('a start that does not wait, with a shared descriptor table', () => {
  describeScenarios('never-waits-descriptors', checks, {
    parameters: { point: 'table' },
    ways: ways.map(([title, cp, env]) => [title, cp, { ...env, FORKLESS_FLAT: 'always' }] as const),
  });
});
