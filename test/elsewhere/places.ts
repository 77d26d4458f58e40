import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { at } from '../support/paths.js';

/** Somewhere that the engine cannot be used. */
export interface Place {
  readonly title: string;
  /** What the program is told about its machine. */
  readonly disguise?: { platform?: string; arch?: string; release?: string };
  /** Done to the installed package. */
  readonly spoil?: (folder: string) => void;
  readonly nodeArgs?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What `features()` says. */
  readonly reason: RegExp;
  /**
   * A warning where it should have worked. There it is found by the first start, by features() or after a second, and until
   * then nobody knows.
   */
  readonly warnings: 0 | 1;
}

const CURE = 'install the package again, or in a clone of it: npm run build$';

export const places: readonly Place[] = [
  ...['darwin', 'win32', 'freebsd', 'openbsd', 'sunos', 'aix', 'android'].map((platform) => ({
    title: `on ${platform}`,
    disguise: { platform },
    reason: new RegExp(`^it needs Linux, this is ${platform}$`),
    warnings: 0 as const,
  })),
  ...['ia32', 'arm', 'riscv64', 's390x', 'ppc64', 'loong64'].map((arch) => ({
    title: `on ${arch}`,
    disguise: { arch },
    reason: new RegExp(`^it has binaries for x64 and arm64, this is ${arch}$`),
    warnings: 0 as const,
  })),
  ...['2.6.32-754.el6', '3.10.0-1160.el7', '4.18.0-553.el8_10', '5.3.18-lp152'].map((release) => ({
    title: `on Linux ${release}`,
    disguise: { release },
    reason: new RegExp(`^it needs Linux 5\\.4 or later, this is ${release}$`),
    warnings: 0 as const,
  })),
  {
    title: 'without its binary',
    spoil: withoutBinary,
    reason: new RegExp(
      `^its binary cannot be loaded: No native build was found for platform=linux arch=.*; ${CURE}`,
    ),
    warnings: 1,
  },
  ...(
    [
      ['an empty file for its binary', 'is no ELF file', (file) => truncateSync(file)],
      ['a text for its binary', 'is no ELF file', (file) => writeFileSync(file, 'version 1\n'.repeat(99))],
      ['a binary without its end', 'has been cut off', (file) => truncateSync(file, statSync(file).size - 1)],
      ['half of its binary', 'has been cut off', (file) => truncateSync(file, statSync(file).size / 2)],
      ['half of its binary, and no table of sections', 'has been cut off', halveWithoutSections],
      ['a FIFO for its binary', 'is no file', replaceByFifo],
      ['the binary of another machine', `is for another processor than ${process.arch}`, changeMachine],
    ] as readonly [string, string, (file: string) => void][]
  ).map(([title, fault, change]) => ({
    title: `with ${title}`,
    spoil: (folder: string) => change(binaryOf(folder)),
    reason: new RegExp(`^its binary cannot be loaded: /.*forkless\\.node ${fault}; ${CURE}`),
    warnings: 1 as const,
  })),
  {
    title: 'with an addon that is not ours',
    spoil: (folder) => cpSync(at('build/test/tables.node'), binaryOf(folder)),
    reason: new RegExp(`^its binary cannot be loaded: .*; ${CURE}`),
    warnings: 1,
  },
  {
    title: 'without its binary and node-gyp-build',
    spoil(folder) {
      withoutBinary(folder);
      rmSync(path.join(folder, '../node-gyp-build'), { recursive: true });
    },
    reason: new RegExp(`^its binary cannot be loaded: Cannot find module 'node-gyp-build'; ${CURE}`),
    warnings: 1,
  },
  {
    title: 'where addons are switched off',
    nodeArgs: ['--no-addons'],
    reason: /^its binary cannot be loaded: .*disabled.*; leave out --no-addons$/,
    warnings: 1,
  },
  {
    title: 'without its binary in an environment that builds for another machine',
    spoil: withoutBinary,
    env: { npm_config_arch: process.arch, npm_config_platform: 'win32' },
    reason:
      /^its binary cannot be loaded: .* platform=win32 .*; unset npm_config_platform, by which it is looked for$/,
    warnings: 1,
  },
];

function withoutBinary(folder: string): void {
  rmSync(path.join(folder, 'prebuilds'), { recursive: true });
}

function binaryOf(folder: string): string {
  const place = path.join(folder, `prebuilds/linux-${process.arch}`);
  mkdirSync(place, { recursive: true });
  return path.join(place, 'forkless.node');
}

/** The machine of an ELF file, a number at offset 18: this one becomes RISC-V's. */
function changeMachine(file: string): void {
  const bytes = readFileSync(file);
  bytes.writeUInt16LE(243, 18);
  writeFileSync(file, bytes);
}

/** As tools that strip everything leave a file: e_shoff, e_shnum and e_shstrndx are 0. */
function halveWithoutSections(file: string): void {
  const content = readFileSync(file);
  content.fill(0, 40, 48).fill(0, 60, 64);
  writeFileSync(file, content.subarray(0, content.length / 2));
}

function replaceByFifo(file: string): void {
  rmSync(file);
  execFileSync('mkfifo', [file]);
}
