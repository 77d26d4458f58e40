import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { cleanEnvironment } from '../support/packed.js';
import { at } from '../support/paths.js';
import { tempPath } from '../support/temp.js';

const { version } = JSON.parse(readFileSync(at('package.json'), 'utf8'));

/** A repository of its own with what the release reads first, all committed. */
function repository(changelog: string): string {
  const folder = tempPath('release');
  mkdirSync(folder);
  cpSync(at('scripts'), path.join(folder, 'scripts'), { recursive: true });
  for (const file of ['package.json', 'README.md']) cpSync(at(file), path.join(folder, file));
  writeFileSync(path.join(folder, 'CHANGELOG.md'), changelog);
  git(folder, 'init', '--quiet');
  commit(folder);
  return folder;
}

function commit(folder: string): void {
  git(folder, 'add', '.');
  const nobody = ['-c', 'user.name=nobody', '-c', 'user.email=nobody@localhost'];
  git(folder, ...nobody, 'commit', '--quiet', '--allow-empty', '-m', 'all');
}

function git(cwd: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd, encoding: 'utf8' });
}

/** What a release says of this repository before it clones anything. */
function refusal(folder: string): string {
  const { status, stdout, stderr } = release(folder, '--dry-run');
  expect(status, stdout).to.equal(1);
  expect(withoutMissing(stdout)).to.equal('== clean tree and changelog\n');
  return stderr;
}

function release(folder: string, ...flags: readonly string[]) {
  const script = path.join(folder, 'scripts/release.mjs');
  const env = { ...cleanEnvironment, npm_config_dry_run: undefined };
  return spawnSync(process.execPath, [script, ...flags], { cwd: folder, encoding: 'utf8', env });
}

function withoutMissing(text: string): string {
  return text.replace(/^Missing: .*\n/gm, '');
}

/** Replaces `repository` of package.json in the repository, and commits that. */
function setRepository(folder: string, repository: unknown): void {
  const file = path.join(folder, 'package.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify({ ...manifest, repository }));
  commit(folder);
}

const ready = `# Changes\n\n## ${version}, unreleased\n\n- new\n\n## 0.0.1, 2020-01-01\n\n- old\n`;

describe('a release', () => {
  const refused: readonly {
    readonly title: string;
    readonly changelog?: string;
    readonly disturb?: (folder: string) => void;
    readonly says: RegExp;
  }[] = [
    {
      title: 'a tree that is not clean',
      disturb: (folder) => writeFileSync(path.join(folder, 'stray.txt'), ''),
      says: /the tree is not clean:\n\?\? stray\.txt/,
    },
    {
      title: 'a tree on no branch',
      disturb: (folder) => git(folder, 'checkout', '--quiet', '--detach'),
      says: /HEAD is on no branch/,
    },
    {
      title: 'a version that is tagged already',
      disturb: (folder) => git(folder, 'tag', `v${version}`),
      says: /there is a tag v/,
    },
    {
      title: 'a version of which the changelog does not speak',
      changelog: '# Changes\n\n## 0.0.1, unreleased\n\n- old\n',
      says: /CHANGELOG\.md begins with "0\.0\.1, unreleased"/,
    },
    {
      title: 'a version that has been released',
      changelog: ready.replace('unreleased', '2020-02-02'),
      says: /CHANGELOG\.md begins with ".*, 2020-02-02"/,
    },
    {
      title: 'a changelog without a change',
      changelog: ready.replace('- new', ''),
      says: /CHANGELOG\.md says nothing about/,
    },
  ];

  for (const { title, changelog = ready, disturb, says } of refused)
    it(`refuses ${title}`, () => {
      const folder = repository(changelog);
      try {
        disturb?.(folder);
        expect(refusal(folder)).to.match(says);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

  describe('of a package.json without "repository"', () => {
    // A changelog for which both are refused right after the question.
    const broken = '# Changes\n\n## 0.0.1, unreleased\n\n- old\n';
    const lacks =
      /package\.json has no "repository"\. Fill in: "repository": \{ "type": "git", "url": ".+" \}\n/;
    let folder: string;

    beforeEach(() => {
      folder = repository(broken);
    });

    afterEach(() => rmSync(folder, { recursive: true }));

    it('is refused before anything is done', () => {
      setRepository(folder, undefined);
      const { status, stdout, stderr } = release(folder);
      expect({ status, stdout }).to.deep.equal({ status: 1, stdout: '== clean tree and changelog\n' });
      expect(stderr).to.match(lacks);
    });

    it('goes on as a dry run, which says what to fill in', () => {
      setRepository(folder, '');
      const { stdout, stderr } = release(folder, '--dry-run');
      expect(stdout)
        .to.match(lacks)
        .and.to.match(/^Missing: /m);
      expect(stderr).to.match(/CHANGELOG\.md begins with/);
    });

    for (const given of [
      'github:owner/forkless',
      { type: 'git', url: 'git+https://example.org/forkless.git' },
    ])
      it(`misses nothing once it is there: ${JSON.stringify(given)}`, () => {
        setRepository(folder, given);
        const { stdout, stderr } = release(folder);
        expect(stdout).to.equal('== clean tree and changelog\n');
        expect(stderr).to.match(/CHANGELOG\.md begins with/);
      });
  });

  it('has the section of its version as its notes, dates it, and removes from the README what is no longer true', () => {
    const readme = 'Here.\n\n<!-- unreleased -->\nNot yet.\n<!-- /unreleased -->\n\nThere.\n';
    const script = `
      import { releaseNotes, withDate, withoutUnreleased } from ${JSON.stringify(at('scripts/lib/release-papers.mjs'))};
      const text = ${JSON.stringify(ready)};
      console.log(JSON.stringify([releaseNotes(text, '${version}'), withDate(text, '${version}', '2020-02-02'), withoutUnreleased(${JSON.stringify(readme)})]));
    `;
    const said = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
      encoding: 'utf8',
    });
    expect(JSON.parse(said)).to.deep.equal([
      '- new',
      ready.replace('unreleased', '2020-02-02'),
      'Here.\n\nThere.\n',
    ]);
  });

  it('can be made from the changelog of this tree', () => {
    expect(readFileSync(at('CHANGELOG.md'), 'utf8')).to.match(
      new RegExp(`^## ${version.replaceAll('.', '\\.')}, `, 'm'),
    );
  });
});
