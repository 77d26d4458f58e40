import { spawnSync } from 'node:child_process';
import { cpSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { features } from 'forkless';
import { nodeOptions, nodeOptionsWithoutDebugger, preloadedModules } from '#lib/cli/node-flags.js';
import { at } from '../support/paths.js';
import { tempPath } from '../support/temp.js';

describe('forkless doctor starts its trials with the flags of its own Node', () => {
  /** A package that is found only by what stands in a hook, as under Yarn's Plug'n'Play. */
  function apart(): { main: string; hook: string } {
    const root = tempPath('apart');
    for (const part of ['package.json', 'dist']) cpSync(at(part), `${root}/${part}`, { recursive: true });
    // where only node-gyp-build searches
    cpSync(String(features().binary), `${root}/build/Debug/forkless.node`);
    const hook = fileURLToPath(new URL('./programs/resolver.cjs', import.meta.url));
    return { main: `${root}/dist/cli/main.js`, hook };
  }

  function doctor(main: string, nodeArgs: readonly string[], options?: string) {
    const env = {
      ...process.env,
      NODE_OPTIONS: options,
      FORKLESS_RUNG: undefined,
      FORKLESS_FLAT: undefined,
    };
    const { stdout } = spawnSync(process.execPath, [...nodeArgs, main, 'doctor'], {
      encoding: 'utf8',
      env,
    });
    return stdout;
  }

  it('and of NODE_OPTIONS, without which packages may not be found', () => {
    const { main, hook } = apart();
    for (const out of [
      doctor(main, ['--require', hook]),
      doctor(main, [], `--no-warnings --require "${hook}"`),
    ])
      expect(out).to.match(
        /^rung 1 +works.*\n^rung 2 +works.*\n^rung 3 +works.*\n^rung 4 +works.*\n^flat +works/m,
      );
    expect(doctor(main, []))
      .to.match(/^engine +cannot be used$/m)
      .and.to.include('node-gyp-build');
  });

  for (const [flags, kept] of [
    ['--inspect-brk=0', ''],
    ['--inspect', ''],
    ['--require a.cjs --inspect-wait=9229 --no-warnings', '--require a.cjs --no-warnings'],
    ['--inspect_brk --require "a b.cjs"', '--require "a b.cjs"'],
    ['"--inspect-brk=0" --title="a \\" --inspect b"', '--title="a \\" --inspect b"'],
    ['--inspect-port 0 --no-warnings', '--no-warnings'],
    ['--debug-port=0 --inspect-publish-uid http --no-warnings', '--no-warnings'],
    ['--import=file:///inspect.mjs  --inspector-like', '--import=file:///inspect.mjs --inspector-like'],
    ['', ''],
  ] as const)
    it(`but not a debugger's, for which they would wait: ${flags}`, () => {
      expect(nodeOptionsWithoutDebugger(flags)).to.equal(kept);
    });

  for (const [flags, modules] of [
    ['', []],
    [
      '-r a --require "b c.cjs" --import=file:///d.mjs --loader e --experimental-loader=f',
      ['a', 'b c.cjs', 'file:///d.mjs', 'e', 'f'],
    ],
    ['"--require=a \\"b\\".cjs" --requires x --title=--import', ['a "b".cjs']],
    ['--no-warnings --import', []],
  ] as const)
    it(`and names the modules that they load first: ${flags}`, () => {
      expect(preloadedModules(nodeOptions(flags))).to.deep.equal(modules);
    });

  it('and does not wait for a debugger', () => {
    // The doctor itself would wait: it gets the flag when it has begun.
    const hook = tempPath('as-if.cjs');
    writeFileSync(
      hook,
      `if (process.argv[1].endsWith('main.js')) {
        process.env.NODE_OPTIONS = '--inspect-brk=0';
        process.execArgv.push('--inspect-brk=0');
      }`,
    );
    const out = doctor(at('dist/cli/main.js'), ['--require', hook]);
    expect(out).to.match(/^rung 1 +works.*\n^rung 2 +works.*\n^rung 3 +works.*\n^rung 4 +works/m);
  });
});
