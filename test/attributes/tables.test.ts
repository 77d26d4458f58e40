import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { attributes } from '#lib/attributes/index.js';
import { at } from '../support/paths.js';
import { alcove, glibc, go } from './tables.js';

/** The test, and the file with what it tries, if that is one of its own. */
function textOfTest(name: string): string {
  return [`test/${name}.test.ts`, `test/${name}.ts`]
    .filter((path) => existsSync(at(path)))
    .map((path) => readFileSync(at(path), 'utf8'))
    .join('\n');
}

describe('what others can set before exec', () => {
  for (const [title, rows] of Object.entries({ "Go's SysProcAttr": go, glibc, alcove })) {
    it(`can be set here, with a test, or it is said why not: ${title}`, () => {
      for (const { theirs, ours, test, reason } of rows)
        if (ours === null) expect(reason, theirs).to.be.a('string');
        else expect(textOfTest(test ?? ''), `${theirs} in test/${test}`).to.include(ours);
    });

    it(`is listed once: ${title}`, () => {
      const theirs = rows.map((row) => row.theirs);
      expect(new Set(theirs).size).to.equal(theirs.length);
    });
  }

  it('is listed as the header of glibc has it', function () {
    const header = '/usr/include/spawn.h';
    const text = existsSync(header) ? readFileSync(header, 'latin1') : '';
    if (!text.includes('The GNU C Library')) return this.skip(); // another libc, or none to compile with
    const found = text.match(
      /\bPOSIX_SPAWN_[A-Z]+\b|\bposix_spawn_file_actions_add\w+|\bposix_spawnattr_setcgroup_np/g,
    );
    const listed = glibc.map(({ theirs }) => theirs);
    expect(listed).to.include.members([...new Set(found)]);
  });

  it('is named by the attributes themselves, too, for Go', () => {
    const known = go.flatMap(({ theirs }) => theirs.split('.').at(-1) ?? []);
    for (const { name, like } of attributes as readonly { name: string; like: { go?: string } }[]) {
      const [, fields] = /^(?:SysProcAttr|Credential)\.(.*)$/.exec(like.go ?? '') ?? [];
      for (const field of fields?.split(', ') ?? []) expect(known, name).to.include(field);
    }
  });
});
