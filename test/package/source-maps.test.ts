import { execFileSync } from 'node:child_process';
import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { cleanEnvironment, placePackage } from '../support/packed.js';
import { at } from '../support/paths.js';
import { programPath } from '../support/program.js';
import { tempPath } from '../support/temp.js';

interface SourceMap {
  readonly sources: readonly string[];
  readonly sourcesContent: readonly string[];
}

describe('the source maps of the package', () => {
  let folder: string;

  before(() => {
    folder = placePackage(tempPath('maps'));
    copyFileSync(programPath(import.meta.url, 'stacks'), path.join(folder, 'fail.mjs'));
  });

  it('stand beside each bundle, and hold its sources, which are not in the package', () => {
    const dist = path.join(folder, 'node_modules/forkless/dist');
    const maps = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.map'),
    );
    expect(maps.sort()).to.deep.equal([
      'cgroup.js.map',
      path.join('cli', 'main.js.map'),
      path.join('cli', 'trial.js.map'),
      'early.js.map',
      'forkless.js.map',
      'posix.js.map',
      'services.js.map',
    ]);
    const held = new Set<string>();
    for (const file of maps) {
      const { sources, sourcesContent }: SourceMap = JSON.parse(readFileSync(path.join(dist, file), 'utf8'));
      for (const [index, name] of sources.entries()) {
        if (/^owned:|\/table-of-/.test(name)) continue; // lines of scripts/lib/bundle.mjs, which join the bundles
        const source = path.join('dist', path.dirname(file), name);
        expect(source).to.match(/^lib\/.*\.ts$/);
        expect(sourcesContent[index], source).to.equal(readFileSync(at(source), 'utf8'));
        held.add(source);
      }
    }
    expect([...held]).to.include.members([
      'lib/child_process/api.ts',
      'lib/posix/start.ts',
      'lib/cli/main.ts',
      'lib/cgroup/group.ts',
    ]);
  });

  it('show lines of lib/ in the stack of an error, where Node is told to use them', () => {
    for (const stack of stacks('--enable-source-maps')) {
      const places = [...stack.matchAll(/node_modules\/forkless\/(lib\/\S+?\.ts):(\d+):\d+/g)];
      expect(places, stack).to.not.have.length(0);
      expect(stack).to.not.include('/forkless/dist/');
      const [, file = '', line] = places[0] ?? [];
      expect(readFileSync(at(file), 'utf8').split('\n')[Number(line) - 1]).to.match(
        /new SpawnError|invalidArgValue|new TypeError/,
      );
    }
  });

  it('change no stack where Node is not told to use them', () => {
    for (const stack of stacks()) {
      expect(stack).to.match(/node_modules\/forkless\/dist\/\S+\.js:\d+:\d+/);
      expect(stack).to.not.include('.ts:');
    }
  });

  function stacks(...nodeArgs: readonly string[]): string[] {
    const said = execFileSync(process.execPath, [...nodeArgs, 'fail.mjs'], {
      cwd: folder,
      encoding: 'utf8',
      env: cleanEnvironment,
    });
    return JSON.parse(said);
  }
});
