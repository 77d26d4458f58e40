import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
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
  git(folder, 'add', '.');
  git(
    folder,
    '-c',
    'user.name=nobody',
    '-c',
    'user.email=nobody@localhost',
    'commit',
    '--quiet',
    '-m',
    'all',
  );
  return folder;
}

function git(cwd: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd, encoding: 'utf8' });
}

/** What a release says of this repository before it clones anything. */
function refusal(folder: string): string {
  const script = path.join(folder, 'scripts/release.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, '--dry-run'], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect(status, stdout).to.equal(1);
  expect(stdout).to.equal('== clean tree and changelog\n');
  return stderr;
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
