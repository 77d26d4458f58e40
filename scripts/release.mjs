// npm run release: from a clean tree to the registry. Builds and tests in a clone, so that only what is committed gets
// into the package. The results lie in build/release/.
//   --dry-run   stops before anything is public
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { at, Failure, main, npm, outputOf, run } from './lib/project.mjs';
import { missingFields, releaseNotes, withDate, withoutUnreleased } from './lib/release-papers.mjs';

// Some checks are left out on a developer's machine if they lack something, such as the network. In a release they fail.
const strict = { CI: 'true' };

await main(() => {
  const { values } = parseArgs({ options: { 'dry-run': { type: 'boolean', default: false } } });
  // Without "--" before it, npm takes the flag as its own, and would only keep `npm publish` from publishing.
  const dry = values['dry-run'] || process.env.npm_config_dry_run === 'true';
  const manifest = JSON.parse(readFileSync(at('package.json'), 'utf8'));
  const { name, version } = manifest;
  const missing = missingFields(manifest);
  // With a stricter umask, other users could not read what is copied and packed.
  process.umask(0o022);

  const { notes, papers } = step('clean tree and changelog', () => {
    requireCleanTree(version);
    // At once, not after half an hour of tests. A dry run goes on.
    if (missing.length > 0 && !dry) throw new Failure(missing.join('\n'));
    for (const text of missing) console.log(`Missing: ${text}`);
    return readPapers(version);
  });
  make(name, version, notes, papers);
  tell(name, version, notes);
  if (dry) {
    console.log(`Not done: npm publish, the papers of ${version}, the tag v${version}.`);
    for (const text of missing) console.log(`Before that: ${text}`);
  } else publish(name, version, papers);
});

function requireCleanTree(version) {
  const changes = git('status', '--porcelain');
  if (changes !== '') throw new Failure(`the tree is not clean:\n${changes}`);
  if (git('branch', '--show-current') === '') throw new Failure('HEAD is on no branch');
  if (git('tag', '--list', `v${version}`) !== '') throw new Failure(`there is a tag v${version} already`);
}

/** The release notes, and the new text of each file that a release changes. */
function readPapers(version) {
  const today = new Date().toISOString().slice(0, 10);
  const changelog = readFileSync(at('CHANGELOG.md'), 'utf8');
  const papers = {
    'CHANGELOG.md': withDate(changelog, version, today),
    'README.md': withoutUnreleased(readFileSync(at('README.md'), 'utf8')),
  };
  try {
    return { notes: releaseNotes(changelog, version), papers };
  } catch (error) {
    throw new Failure(error.message);
  }
}

/** Makes the tarball, the debug symbols and the notes in build/release/. */
function make(name, version, notes, papers) {
  const clone = mkdtempSync(path.join(os.tmpdir(), 'forkless-release-'));
  chmodSync(clone, 0o755); // the tests run programs of it as other users
  const products = path.join(clone, 'build/release');
  const inClone = (args, env = strict) => npm(args, { cwd: clone, env });
  try {
    step('clone and install', () => {
      run('git', ['clone', '--quiet', '--no-hardlinks', at(), clone]);
      inClone(['ci', '--include=dev']);
    });
    step('lint, types, reference', () => {
      inClone(['run', 'lint']);
      inClone(['run', 'typecheck']);
      inClone(['run', 'docs', '--', '--check']);
    });
    step('tests', () => {
      inClone(['test', '--', '--figures', 'build/tests.json']);
      requireNothingSkipped(path.join(clone, 'build/tests.json'));
    });
    const compared = path.join(clone, 'build/compared');
    step('prebuilds', () => inClone(['run', 'prebuild', '--', '--check', '--pinned', '--out', compared]));
    step('pack', () => {
      writePapers(clone, papers);
      inClone(['run', 'pack', '--', '--out', products]);
      const debug = path.join(products, `${name}-${version}-debug.tgz`);
      run('tar', ['-czf', debug, '-C', path.join(compared, 'build'), 'debug']);
      writeFileSync(path.join(products, 'notes.md'), `${notes}\n`);
    });
    step('proof of loading', () => {
      const env = { ...strict, FORKLESS_TARBALL: path.join(products, `${name}-${version}.tgz`) };
      const figures = ['--figures', 'build/loading.json'];
      inClone(['test', '--', ...figures, 'dist-test/loading/**/*.test.js'], env);
      requireNothingSkipped(path.join(clone, 'build/loading.json'));
    });
    rmSync(at('build/release'), { recursive: true, force: true });
    mkdirSync(at('build'), { recursive: true });
    cpSync(products, at('build/release'), { recursive: true });
  } finally {
    rmSync(clone, { recursive: true, force: true });
  }
}

/** A machine may skip what it cannot test, but a release needs every test. */
function requireNothingSkipped(file) {
  const { passed, skipped } = JSON.parse(readFileSync(file, 'utf8'));
  if (passed === 0 || skipped > 0) throw new Failure(`${passed} tests passed, ${skipped} were skipped`);
}

function tell(name, version, notes) {
  const tarball = `build/release/${name}-${version}.tgz`;
  const digest = createHash('sha256')
    .update(readFileSync(at(tarball)))
    .digest('hex');
  console.log(`\n${name} ${version}\n\n${notes}\n\n${tarball}, sha256 ${digest}`);
}

/** Publishes before it commits: if publishing fails, it can be tried again from the same tree. */
function publish(name, version, papers) {
  step('publish', () => {
    requireCleanTree(version);
    npm(['publish', at(`build/release/${name}-${version}.tgz`)]);
    writePapers(at(), papers);
    run('git', ['commit', '--quiet', '--message', `Release ${version}`, '--', ...Object.keys(papers)]);
    run('git', ['tag', '--annotate', `v${version}`, '--message', `${name} ${version}`]);
  });
}

function writePapers(folder, papers) {
  for (const [file, text] of Object.entries(papers)) writeFileSync(path.join(folder, file), text);
}

function step(title, act) {
  console.log(`== ${title}`);
  return act();
}

function git(...args) {
  return outputOf('git', args).trimEnd();
}
