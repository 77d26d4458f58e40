import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { at } from '../support/paths.js';
import { tempPath } from '../support/temp.js';
import { childSources } from './child-sources.js';

const builtObjects = childSources.map((source) =>
  at(`build/Release/obj.target/forkless/csrc/${source.replace(/c$/, 'o')}`),
);

/** And which flags of binding.gypi a compiler does not know. */
const compilers: readonly (readonly [name: string, isUnknown: RegExp])[] = [
  ['gcc', /^$/],
  ['clang', /^-fno-tree-loop-distribute-patterns$/],
];

/** What the addon may ask of the C library: in glibc and musl alike, and of one meaning in all their versions. */
const fromLibc = [
  '__libc_current_sigrtmin',
  'abort',
  'environ',
  'free',
  'malloc',
  'memcmp',
  'memcpy',
  'memmove',
  'memset',
  'pthread_create',
  'pthread_detach',
  'pthread_mutex_lock',
  'pthread_mutex_trylock',
  'pthread_mutex_unlock',
  'realloc',
  'strcmp',
  'strlen',
  'strstr',
];

/** Only to see where they lie: bound to nothing where the process has none, and never called. */
const lookedAt = ['execv', 'execve', 'execvp', 'execvpe', 'posix_spawn', 'posix_spawnp'];

describe('the code of the child', () => {
  const folder = tempPath('child');

  before(() => mkdirSync(folder));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('as it was built, asks nobody outside for anything', () => {
    expect(undefinedIn(merged(builtObjects))).to.deep.equal([]);
  });

  for (const [compiler, isUnknown] of compilers)
    for (const level of ['-O0', '-O1', '-O2', '-O3', '-Os'])
      it(`compiled by ${compiler} with ${level}, asks nobody outside for anything`, function () {
        if (spawnSync(compiler, ['--version']).status !== 0) {
          if (process.env['CI']) throw new Error(`${compiler} is missing: scripts/install-tools.sh`);
          console.error(`      SKIPPED: ${compiler} is missing (scripts/install-tools.sh)`);
          this.skip();
        }
        const flags = compilerFlags().filter((flag) => !isUnknown.test(flag));
        const objects = childSources.map((source) => {
          const object = path.join(folder, source.replace(/\W/g, '-'));
          run(compiler, ...flags, level, '-c', '-o', object, at(`csrc/${source}`));
          return object;
        });
        expect(undefinedIn(merged(objects))).to.deep.equal([]);
      });

  it('keeps no data of its own that a parent could share with it', () => {
    const sections = run('size', '-A', ...builtObjects).matchAll(/^\.(t?data|t?bss)\S*\s+(\d+)/gm);
    expect(
      Array.from(sections, ([, name, size]) => `${name} ${size}`).filter((line) => !/ 0$/.test(line)),
    ).to.deep.equal([]);
  });

  it('needs no address that a loader would have to write into it', () => {
    expect(run('readelf', '--relocs', '--wide', merged(builtObjects))).not.to.match(
      /^Relocation section '\.rela?\.data/m,
    );
  });

  /** One object of all, so that what they ask of one another is not undefined. */
  function merged(objects: readonly string[]): string {
    const object = path.join(folder, 'merged.o');
    run('ld', '-r', '-o', object, ...objects);
    return object;
  }
});

/** What this source gave here, and what a release is packed with. */
const binaries = {
  'build/Release': 'build/Release/forkless.node',
  'the release for x64': 'prebuilds/linux-x64/forkless.node',
  'the release for arm64': 'prebuilds/linux-arm64/forkless.node',
};

for (const [title, path] of Object.entries(binaries))
  describe(`the addon of ${title}`, () => {
    const addon = at(path);

    it('asks for Node-API and a few functions that every libc has', () => {
      const symbols = dynamicSymbols(addon);
      expect(symbols.weak).to.have.members(lookedAt);
      const wanted = symbols.undefined.filter((name) => !name.startsWith('napi_'));
      expect(wanted.filter((name) => !fromLibc.includes(name))).to.deep.equal([]);
      expect(wanted).to.include('malloc');
    });

    it('asks for no version of a symbol, and for no library', () => {
      const version = run('readelf', '--version-info', '--wide', addon);
      expect(version.trim()).to.match(/^(?:No version information found in this file\.)?$/);
      expect(dynamic(addon)).not.to.match(/\((?:VERSYM|VERNEED|VERDEF|NEEDED|RPATH|RUNPATH)\)/);
    });

    it('gives nothing but the two entries of Node-API: no name of its own can meet a name of the program', () => {
      expect(dynamicSymbols(addon).defined).to.have.members([
        'napi_register_module_v1',
        'node_api_module_get_api_version_v1',
      ]);
    });

    it('stays mapped, and is bound at once', () => {
      expect(dynamic(addon)).to.match(/\(FLAGS\)\s+.*BIND_NOW/);
      expect(dynamic(addon)).to.match(/\(FLAGS_1\)\s+.*\bNOW\b.*\bNODELETE\b/);
    });

    it('has its tables read-only, and no memory both writable and executable', () => {
      const segments = run('readelf', '--program-headers', '--wide', addon);
      expect(segments).to.match(/^ +GNU_RELRO /m);
      expect(segments).to.match(/^ +GNU_STACK .* RW +0x/m);
      expect(segments).not.to.match(/ RWE /);
      expect(dynamic(addon)).not.to.include('TEXTREL');
    });

    it('has no thread-local storage, and no constructors of its own', () => {
      expect(run('readelf', '--program-headers', '--wide', addon)).not.to.match(/^ +TLS /m);
      expect(dynamic(addon)).not.to.match(/\((?:INIT|INIT_ARRAY|PREINIT_ARRAY)\)/);
    });

    if (path.startsWith('prebuilds/'))
      it('is stripped, and names the debug symbols that are kept apart by its build id', () => {
        const sections = run('readelf', '--section-headers', '--wide', addon);
        expect(sections).not.to.match(/ \.(?:symtab|strtab|debug\S*) /);
        expect(sections).to.include(' .note.gnu.build-id ');
      });

    it('is for its processor', () => {
      const [, arch = process.arch] = /linux-([^/]+)/.exec(path) ?? [];
      const machine = arch === 'arm64' ? 'AArch64' : 'Advanced Micro Devices X86-64';
      expect(run('readelf', '--file-header', addon)).to.match(new RegExp(`Machine: +${machine}`));
    });
  });

function undefinedIn(object: string): string[] {
  const lines = run('nm', '--undefined-only', object).split('\n');
  return lines.map((line) => line.trim().split(' ').at(-1) ?? '').filter((name) => name !== '');
}

/** By readelf, which reads the files of every processor. */
function dynamicSymbols(file: string): Record<'undefined' | 'weak' | 'defined', string[]> {
  const table = run('readelf', '--dyn-syms', '--wide', file);
  const names = { undefined: [] as string[], weak: [] as string[], defined: [] as string[] };
  for (const [, binding, section, name = ''] of table.matchAll(/ (GLOBAL|WEAK) +\S+ +(\S+) (\S+)$/gm))
    names[section !== 'UND' ? 'defined' : binding === 'WEAK' ? 'weak' : 'undefined'].push(name);
  return names;
}

function dynamic(file: string): string {
  return run('readelf', '--dynamic', '--wide', file);
}

/** Of binding.gypi, which is JSON but for comments and last commas. */
function compilerFlags(): string[] {
  const text = readFileSync(at('csrc/binding.gypi'), 'utf8')
    .replace(/^\s*#.*$/gm, '')
    .replace(/,(\s*[\]}])/g, '$1');
  const { targets }: { targets: { cflags: string[]; cflags_c: string[] }[] } = JSON.parse(text);
  const flags = targets.flatMap(({ cflags, cflags_c }) => [...cflags, ...cflags_c]);
  return ['-fPIC', ...flags.filter((flag) => !/^-O|-prefix-map=/.test(flag))];
}

function run(file: string, ...args: string[]): string {
  const env = { ...process.env, LC_ALL: 'C' };
  return execFileSync(file, args, { encoding: 'utf8', env, maxBuffer: 64 * 2 ** 20 });
}
