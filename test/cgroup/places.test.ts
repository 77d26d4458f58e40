// Where a cgroup of v2 is made, and what is undone: on plain files, since a machine has only the hierarchies that it has.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import type { Hierarchy } from '#lib/cgroup/hierarchies.js';
import { folderOf } from '#lib/cgroup/hierarchies.js';
import { makePlace } from '#lib/cgroup/place.js';
import { uidRun } from '../support/launchers.js';
import { runProgram } from '../support/program.js';
import { tempPath } from '../support/temp.js';

/** A folder that stands for the root of v2, in which no controller is enabled for cgroups below. */
function makeHierarchy(root = '/'): Hierarchy {
  const mount = tempPath('cgroup');
  mkdirSync(mount, { recursive: true });
  writeFileSync(`${mount}/cgroup.subtree_control`, '');
  return { version: 2, controllers: ['memory'], root, mount, own: mount };
}

const enabled = ({ mount }: Hierarchy): string => readFileSync(`${mount}/cgroup.subtree_control`, 'utf8');

describe('the place of a new cgroup', () => {
  it('has its controllers enabled, which is undone if the cgroup cannot be made', async () => {
    const hierarchy = makeHierarchy();
    mkdirSync(`${hierarchy.mount}/there`);
    await makePlace(hierarchy, ['memory'], null, 'new');
    expect(enabled(hierarchy)).to.equal('+memory');

    const other = makeHierarchy();
    writeFileSync(`${other.mount}/taken`, '');
    const error = await makePlace(other, ['memory'], null, 'taken').catch((error) => error);
    expect(error).to.have.property('code', 'EEXIST');
    expect(enabled(other)).to.equal('-memory');
  });

  it('keeps them where another cgroup was made there meanwhile: it would lose its limits', async () => {
    const hierarchy = makeHierarchy();
    const { undo } = await makePlace(hierarchy, ['memory'], null, 'one');
    await undo();
    expect(enabled(hierarchy)).to.equal('+memory');
  });

  it('is found by the path of the parent where only a part of the tree is visible', async () => {
    const hierarchy = makeHierarchy('/docker/abc');
    mkdirSync(`${hierarchy.mount}/below`);
    for (const [parent, folder] of [
      ['/docker/abc', 'a'],
      ['/docker/abc/below', 'below/b'],
    ] as const)
      expect(await makePlace(hierarchy, [], parent, folder.slice(-1))).to.include({
        folder: `${hierarchy.mount}/${folder}`,
      });
    for (const parent of ['/', '/below', '/docker', '/docker/abcd'])
      expect(await makePlace(hierarchy, [], parent, 'c').catch((error) => error), parent).to.include({
        code: 'ENOENT',
        path: hierarchy.mount,
      });
    expect(existsSync(`${hierarchy.mount}/c`)).to.equal(false);
  });

  it('is not below a folder that is not ours, where nothing is enabled then', async function () {
    if (process.getuid?.() !== 0) return this.skip();
    const { mount } = makeHierarchy();
    const options = { launcher: uidRun(4242, 4242) };
    writeFileSync(`${mount}/cgroup.subtree_control`, '', { mode: 0o666 });
    const { code, after } = await runProgram<Record<string, string>>(
      import.meta.url,
      'not-ours',
      { mount },
      options,
    );
    expect(code).to.equal('EACCES');
    expect(after).to.equal('');
  });
});

describe('the folder of a cgroup', () => {
  for (const [path, root, folder] of [
    ['/', '/', '/m'],
    ['/a/b', '/', '/m/a/b'],
    ['/a', '/a', '/m'],
    ['/a/b', '/a', '/m/b'],
    ['/ab', '/a', undefined],
    ['/', '/a', undefined],
    ['/', '/..', undefined],
    ['/../b', '/', undefined],
  ] as const)
    it(`${path}, where ${root} is mounted: ${folder}`, () => {
      expect(folderOf(path, root, '/m')).to.equal(folder);
    });
});
