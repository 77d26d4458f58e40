import { existsSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { INSTALL_TIMEOUT, installed } from '../support/installed.js';
import { at } from '../support/paths.js';
import { runNode } from '../support/run-node.js';
import { hasGit } from './git.js';

interface Work {
  /** By the title of a piece of work: `value`, `error` or `late`. */
  readonly outcomes: Record<string, object>;
  /** That went through forkless. */
  readonly starts: number;
  readonly stderr: string;
}

/** Clients, and the programs in programs/ that do real work with them. */
const programs = [
  ['execa', 'execa'],
  ['tinyexec', 'tinyexec'],
  ['nano-spawn', 'nano-spawn'],
  ['cross-spawn', 'cross-spawn'],
  ['zx', 'zx'],
  ['simple-git', 'simple-git'],
  ['@npmcli/promise-spawn', 'promise-spawn'],
] as const;

/** The only work that may come to an error, or to too little time. */
const MAY_FAIL = /^(?:fails|throws|ends|kills|starts nothing)/;

for (const [client, program] of programs)
  describe(`${client} under forkless/register`, function () {
    this.timeout(180_000);
    let plain: Work;
    let registered: Work;

    before(async function () {
      this.timeout(INSTALL_TIMEOUT);
      if (versionOf(client) === undefined) installed('clients');
      if (versionOf(client) === undefined) {
        console.error(`      ${client} IS NOT TESTED: scripts/install.mjs could not install it`);
        this.skip();
      }
      if (client === 'simple-git' && !hasGit()) {
        console.error(`      ${client} IS NOT TESTED: there is no git`);
        this.skip();
      }
      [plain, registered] = await Promise.all([
        work(program, []),
        work(program, ['--import', 'forkless/register']),
      ]);
      leaveOutScripts(plain, registered);
    });

    it('does its work as it does on node:child_process', () => {
      const titles = Object.keys(plain.outcomes).filter(
        (title) => JSON.stringify(plain.outcomes[title]) !== JSON.stringify(registered.outcomes[title]),
      );
      const pick = ({ outcomes }: Work) => titles.map((title) => [title, outcomes[title]]);
      expect(pick(registered)).to.deep.equal(pick(plain));
      expect(Object.keys(registered.outcomes)).to.deep.equal(Object.keys(plain.outcomes));
      expect(registered.stderr).to.equal(plain.stderr);
    });

    it('starts its children through the engine', () => {
      expect(plain.starts).to.equal(0);
      expect(registered.starts).to.be.at.least(Object.keys(registered.outcomes).length);
    });

    it('does work that fails only where it should', () => {
      const wrong = Object.entries(plain.outcomes).filter(
        ([title, outcome]) => !('value' in outcome || ('error' in outcome && MAY_FAIL.test(title))),
      );
      expect(wrong).to.deep.equal([]);
    });
  });

/** Without `#!`: a Node on libuv 1.53 says ENOEXEC, ours run them (child_process/differences). */
function leaveOutScripts(plain: Work, registered: Work): void {
  const title = 'runs a script without a first line';
  const { error } = (plain.outcomes[title] ?? {}) as { error?: { code: string } };
  if (error?.code !== 'ENOEXEC') return;
  expect(registered.outcomes[title]).to.have.property('value');
  for (const { outcomes } of [plain, registered]) delete outcomes[title];
}

function versionOf(client: string): string | undefined {
  const manifest = at(`node_modules/.cache/clients/${process.version}/node_modules/${client}/package.json`);
  return existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')).version : undefined;
}

async function work(program: string, nodeArgs: string[]): Promise<Work> {
  const { code, stdout, stderr } = await runNode(pathToFileURL(at('test/clients/programs/run.mjs')), {
    args: [program],
    nodeArgs,
    deadlineMs: 150_000,
  });
  // What inherits stderr writes there too.
  if (code !== 0) throw new Error(`${program}: ${code}\n${stderr}`);
  return {
    ...JSON.parse(stdout.slice(stdout.lastIndexOf('\n') + 1)),
    stderr: stderr.replace(/\(node:\d+\)/g, '(node)'),
  };
}
