import { expect } from 'chai';
import { wrap } from '#lib/cli/wrap.js';

const words = (...lengths: readonly number[]) => lengths.map((length) => 'x'.repeat(length)).join(' ');

describe('the lines of the doctor', () => {
  for (const [title, text, lines] of [
    ['are left alone up to 80 columns', words(39, 40), [words(39, 40)]],
    ['are broken at the last space before the 81st column', words(39, 41), [words(39), `  ${words(41)}`]],
    ['may end at a space right behind the 80th column', words(80, 5), [words(80), `  ${words(5)}`]],
    ['count the indent', words(40, 40, 77, 1), [words(40), `  ${words(40)}`, `  ${words(77)}`, '  x']],
    ['keep a long word whole', words(5, 100, 5), ['xxxxx', `  ${words(100)}`, '  xxxxx']],
    ['keep a long word whole at the end', words(90), [words(90)]],
    ['join the lines of an error', 'one\n    two\n', ['one two']],
  ] as const)
    it(title, () => {
      expect(wrap(text, '  ').split('\n')).to.deep.equal(lines);
    });

  it('keep a label and what begins beside it on one line, however long it is', () => {
    const label = 'engine      ';
    expect(wrap(`${label}/${'x'.repeat(90)}`, ' '.repeat(12))).to.equal(`${label}/${'x'.repeat(90)}`);
    expect(wrap(`${label}/${'x'.repeat(90)} more`, ' '.repeat(12)).split('\n')).to.deep.equal([
      `${label}/${'x'.repeat(90)}`,
      `${' '.repeat(12)}more`,
    ]);
  });
});
