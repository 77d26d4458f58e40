import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { INSTALL_TIMEOUT, installed } from '../support/installed.js';
import { cleanEnvironment, packedPackage } from '../support/packed.js';

/** As publint and attw see it: how tools and compilers of every kind resolve the package, and what they find. */
const checkers = [
  {
    name: 'publint',
    args: (tarball: string) => ['run', tarball, '--strict'],
    ending: /\nLinting\.\.\.\nAll good!\n$/,
  },
  {
    name: 'attw',
    args: (tarball: string) => [
      ...[tarball, '--profile', 'strict', '--no-definitely-typed'],
      ...['--no-emoji', '--format', 'ascii'],
    ],
    ending: new RegExp(
      ['', '/cgroup', '/child_process', '/register', '/service']
        .map(
          (entry) =>
            `"forkless${entry}"\n\nnode10: OK *\nnode16 .from CJS.: OK .CJS.\nnode16 .from ESM.: OK .CJS.\nbundler: OK`,
        )
        .join('[^]*'),
    ),
  },
] as const;

describe('the packed package', function () {
  this.timeout(120_000);
  let programs: ReadonlyMap<string, string>;

  before(function () {
    this.timeout(INSTALL_TIMEOUT);
    programs = installed('package-checkers');
  });

  for (const { name, args, ending } of checkers)
    it(`passes the check of ${name}`, function () {
      const program = programs.get(name);
      if (program === undefined) {
        console.error(`      ${name} DID NOT LOOK: scripts/install.mjs could not install it`);
        return this.skip();
      }
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        [program, ...args(packedPackage().file)],
        {
          encoding: 'utf8',
          env: { ...cleanEnvironment, NO_COLOR: '1' },
        },
      );
      expect({ status, stderr }, stdout).to.deep.equal({ status: 0, stderr: '' });
      expect(stdout).to.match(ending);
    });
});
