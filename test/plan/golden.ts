import { expect } from 'chai';
import type { PosixSpawnOptions } from 'forkless';
import { explain } from 'forkless';

/** Holds the printed plan of `true` with these options to these lines. The last two, argv and env, are always the same. */
export function golden(title: string, options: PosixSpawnOptions, lines: readonly string[]): void {
  it(title, () => {
    const text = explain('/bin/true', ['true'], { env: ['A=1'], ...options });
    expect(text.split('\n')).to.deep.equal([...lines, 'argv: "true"', 'env: 1 variables', '']);
  });
}

/** As `golden`, with the lines that every plan has which leaves 0–2 alone. `steps` come before these, unnumbered. */
export function goldenAttributes(title: string, options: PosixSpawnOptions, lines: GoldenLines): void {
  const steps = [
    ...(lines.steps ?? []),
    'keep-if-open 0',
    'keep-if-open 1',
    'keep-if-open 2',
    'execve "/bin/true"',
  ];
  const numbered = steps.map((step, index) => `${index + 1}. ${step}`);
  if (lines.mask !== undefined) numbered.splice(-1, 0, `signal mask: ${lines.mask}`);
  golden(title, options, [...(lines.head ?? []), ...numbered]);
}

interface GoldenLines {
  readonly head?: readonly string[];
  readonly steps?: readonly string[];
  readonly mask?: string;
}
