import { cpSync } from 'node:fs';
import { relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { features } from 'forkless';
import { at } from '../support/paths.js';
import type { RunOptions } from '../support/run-node.js';
import { runNodeForValue } from '../support/run-node.js';
import { tempPath } from '../support/temp.js';

interface Family {
  /** The first process, its child, its grandchild. */
  readonly registered: readonly boolean[];
  /** NODE_OPTIONS of the grandchild. */
  readonly options: string | null;
}

/** A first process that is registered by a flag, and two generations after it. */
function family(env: RunOptions['env'], root = at(''), ...more: string[]): Promise<Family> {
  const [register, forkless] = ['register', 'index'].map(
    (name) => pathToFileURL(`${root}/dist/${name}.js`).href,
  );
  return runNodeForValue(pathToFileURL(at('test/register/family.mjs')), {
    args: ['3', String(forkless), ...more],
    nodeArgs: ['--import', String(register)],
    env: { NODE_OPTIONS: undefined, FORKLESS_PROPAGATE: undefined, ...env },
  });
}

const flag = `--import=${pathToFileURL(at('dist/register.js'))}`;

describe('the propagation of forkless/register to Node children', () => {
  it('is off unless FORKLESS_PROPAGATE is 1', async () => {
    const off = { registered: [true, false, false], options: null };
    expect(await family({})).to.deep.equal(off);
    expect(await family({ FORKLESS_PROPAGATE: '0' })).to.deep.equal(off);
  });

  it('reaches all generations, and is written once', async () => {
    const { registered, options } = await family({ FORKLESS_PROPAGATE: '1' });
    expect({ registered, options }).to.deep.equal({ registered: [true, true, true], options: flag });
  });

  it('comes first in NODE_OPTIONS and keeps what stands there', async () => {
    const { registered, options } = await family({
      FORKLESS_PROPAGATE: '1',
      NODE_OPTIONS: '--no-warnings "--title=a b"',
    });
    expect(registered).to.deep.equal([true, true, true]);
    expect(options).to.equal(`${flag} --no-warnings "--title=a b"`);
  });

  it('works from a path with spaces, quotes and percent signs', async () => {
    const root = tempPath('it\'s "a b" %20 c\td');
    const binary = relative(at(''), String(features().binary));
    for (const part of ['package.json', 'dist', binary, 'node_modules/node-gyp-build'])
      cpSync(at(part), `${root}/${part}`, { recursive: true });
    const { registered, options } = await family({ FORKLESS_PROPAGATE: '1' }, root);
    expect(registered).to.deep.equal([true, true, true]);
    expect(options).to.not.match(/["\\\s]/);
  });

  it('stops where a child is given an environment without it', async () => {
    const { registered } = await family({ FORKLESS_PROPAGATE: '1' }, at(''), 'with');
    expect(registered).to.deep.equal([true, false, false]);
  });
});
