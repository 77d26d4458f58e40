import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect } from 'chai';
import { cleanEnvironment, packedPackage } from '../support/packed.js';
import { at } from '../support/paths.js';

/** As publint and attw see it: how tools and compilers of every kind resolve the package, and what they find. */
const checkers = [
  {
    name: 'publint',
    program: 'publint/src/cli.js',
    args: (tarball: string) => ['run', tarball, '--strict'],
    ending: /\nLinting\.\.\.\nAll good!\n$/,
  },
  {
    name: 'attw',
    program: '@arethetypeswrong/cli/dist/index.js',
    args: (tarball: string) => [
      ...[tarball, '--profile', 'node16', '--ignore-rules', 'cjs-resolves-to-esm'],
      ...['--no-definitely-typed', '--no-emoji', '--format', 'ascii'],
    ],
    ending: new RegExp(
      ['', '/child_process', '/register']
        .map(
          (entry) => `"forkless${entry}"\n\nnode16 .from CJS.: OK .*\nnode16 .from ESM.: OK .*\nbundler: OK`,
        )
        .join('[^]*'),
    ),
  },
] as const;

describe('the packed package', function () {
  this.timeout(120_000);

  for (const { name, program, args, ending } of checkers)
    it(`is found in order by ${name}`, function () {
      const file = at(`node_modules/.cache/package-checkers/node_modules/${program}`);
      if (!existsSync(file)) {
        console.error(
          `      ${name} DID NOT LOOK: scripts/install-package-checkers.mjs could not install it`,
        );
        this.skip();
      }
      const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args(packedPackage().file)], {
        encoding: 'utf8',
        env: { ...cleanEnvironment, NO_COLOR: '1' },
      });
      expect({ status, stderr }, stdout).to.deep.equal({ status: 0, stderr: '' });
      expect(stdout).to.match(ending);
    });
});
