// npm run release: everything from the clean tree to the registry. Made and tested in a clone of what is committed, so
// that nothing else gets in; what comes out lies in build/release/. --dry-run stops before anything is public.
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { releaseNotes, withDate } from './lib/changelog.mjs';
import { at, Failure, main, npm, outputOf, run } from './lib/project.mjs';

await main(async () => {
  const { values } = parseArgs({ options: { 'dry-run': { type: 'boolean', default: false } } });
  const { name, version } = JSON.parse(readFileSync(at('package.json'), 'utf8'));
  const changelog = readFileSync(at('CHANGELOG.md'), 'utf8');
  const today = new Date().toISOString().slice(0, 10);
  const dated = withDate(changelog, version, today);

  const notes = step('clean tree and changelog', () => {
    requireCleanTree();
    if (git('tag', '--list', `v${version}`) !== '') throw new Failure(`there is a tag v${version} already`);
    return notesOf(changelog, version);
  });

  const clone = mkdtempSync(path.join(os.tmpdir(), 'forkless-release-'));
  const products = path.join(clone, 'build/release');
  const tarball = path.join(products, `${name}-${version}.tgz`);
  try {
    step('clone and install', () => {
      run('git', ['clone', '--quiet', '--no-hardlinks', at(), clone]);
      writeFileSync(path.join(clone, 'CHANGELOG.md'), dated);
      npm(['ci', '--include=dev'], { cwd: clone });
    });
    step('lint, types, reference', () => {
      npm(['run', 'lint'], { cwd: clone });
      npm(['run', 'typecheck'], { cwd: clone });
      npm(['run', 'docs', '--', '--check'], { cwd: clone });
    });
    step('tests', () => npm(['test'], { cwd: clone }));
    step('prebuilds', () => npm(['run', 'prebuild', '--', '--check', '--pinned'], { cwd: clone }));
    step('pack', () => {
      npm(['run', 'pack', '--', '--out', products], { cwd: clone });
      run('tar', [
        '-czf',
        path.join(products, `${name}-${version}-debug.tgz`),
        '-C',
        path.join(clone, 'build'),
        'debug',
      ]);
      writeFileSync(path.join(products, 'notes.md'), `${notes}\n`);
    });
    step('proof of loading', () => {
      const env = { ...process.env, FORKLESS_TARBALL: tarball };
      npm(['test', '--', 'dist-test/loading/**/*.test.js'], { cwd: clone, env });
    });
    rmSync(at('build/release'), { recursive: true, force: true });
    mkdirSync(at('build'), { recursive: true });
    cpSync(products, at('build/release'), { recursive: true });
  } finally {
    rmSync(clone, { recursive: true, force: true });
  }

  const digest = createHash('sha256')
    .update(readFileSync(at('build/release', path.basename(tarball))))
    .digest('hex');
  console.log(
    `\n${name} ${version}\n\n${notes}\n\nbuild/release/${path.basename(tarball)}, sha256 ${digest}`,
  );
  if (values['dry-run']) {
    console.log(`Not done: the date of the changelog, the tag v${version}, npm publish.`);
    return;
  }
  step('publish', () => {
    requireCleanTree();
    writeFileSync(at('CHANGELOG.md'), dated);
    run('git', ['commit', '--quiet', '--message', `Release ${version}`, '--', 'CHANGELOG.md']);
    npm(['publish', at('build/release', path.basename(tarball))]);
    run('git', ['tag', '--annotate', `v${version}`, '--message', `${name} ${version}`]);
  });
});

function step(title, act) {
  console.log(`== ${title}`);
  return act();
}

function requireCleanTree() {
  const changes = git('status', '--porcelain');
  if (changes !== '') throw new Failure(`the tree is not clean:\n${changes}`);
}

function notesOf(changelog, version) {
  try {
    return releaseNotes(changelog, version);
  } catch (error) {
    throw new Failure(error.message);
  }
}

function git(...args) {
  return outputOf('git', args).trimEnd();
}
