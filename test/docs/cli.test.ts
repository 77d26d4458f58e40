import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { main } from '../cli/command.js';
import { read } from './markdown.js';

/** What a page shows of a terminal: a command line, and what it prints; nothing where the page shows none of it. */
interface Shown {
  readonly line: string;
  readonly output: readonly string[];
}

const JQ = " | jq -c '.steps[]'";

function shownIn(page: string): Shown[] {
  const shown: { line: string; output: string[] }[] = [];
  let inside = false;
  for (const line of read(page).split('\n')) {
    const [, command] = /^ {4}\$ npx forkless (.*)$/.exec(line) ?? [];
    if (command !== undefined) shown.push({ line: command, output: [] });
    else if (inside && /^( {4}|$)/.test(line)) shown.at(-1)?.output.push(line.slice(4));
    inside = command !== undefined || (inside && /^( {4}|$)/.test(line));
  }
  return shown.map(({ line, output }) => ({
    line,
    output: output.join('\n').trim().split('\n').filter(Boolean),
  }));
}

/** Through a shell, which knows the quotes. */
function printed(line: string): string {
  const unset = {
    NODE_OPTIONS: undefined,
    LD_PRELOAD: undefined,
    FORKLESS_RUNG: undefined,
    FORKLESS_FLAT: undefined,
  };
  const env = { ...process.env, ...unset };
  const command = `exec "$0" "$1" ${line.replace(JQ, '')}`;
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', command, process.execPath, main], {
    env,
    encoding: 'utf8',
  });
  expect({ status, stderr }, line).to.deep.equal({ status: 0, stderr: '' });
  return stdout;
}

describe('what docs/cli.md shows of a terminal', () => {
  const all = shownIn('docs/cli.md');

  it('is found', () => {
    expect(all.filter(({ line }) => line.startsWith('explain'))).to.have.length.at.least(3);
    expect(all.filter(({ line }) => line.startsWith('doctor'))).to.have.length(2);
    expect(all.filter(({ output }) => output.length > 3)).to.have.length.at.least(3);
  });

  for (const { line, output } of all.filter((each) => each.line.startsWith('explain')))
    it(`is what is printed: ${line}`, () => {
      const text = printed(line);
      const lines = line.endsWith(JQ)
        ? JSON.parse(text).steps.map((step: object) => JSON.stringify(step))
        : text.trimEnd().split('\n');
      if (output.length > 0) expect(lines).to.deep.equal(output);
    });

  it('is what the doctor says, but for what differs between machines', () => {
    const lines = printed('doctor').split('\n').filter(Boolean);
    // what attributes lack is told in as many lines as it takes
    const labels = (text: readonly string[]) => [
      ...new Set(text.map((each) => each.slice(0, 11).trimEnd()).filter((label) => label !== '')),
    ];
    const machine = /^(?:attributes|forkless|runtime|engine|files|processes|pid_max|pids\.max|seccomp) /;
    for (const { output } of all.filter((each) => each.line.startsWith('doctor'))) {
      const whole = !output.includes('…');
      const same = output.filter((each) => each !== '…' && !machine.test(each));
      expect(lines).to.include.members(same);
      if (whole)
        expect(labels(lines.filter((each) => !each.startsWith('pids.max')))).to.deep.equal(labels(output));
    }
  });
});
