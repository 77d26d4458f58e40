// The other JavaScript runtimes that the registry has. Rows of scripts/lib/installables.mjs take them from here.
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { notWaiting, packagesIn } from './packages.mjs';

const { arch } = process;
const bunArch = arch === 'arm64' ? 'aarch64' : arch;
const baseline = arch === 'x64' && !hasAvx2() ? '-baseline' : '';
const bunPackage = `@oven/bun-linux-${bunArch}${baseline}`;
const bunMuslPackage = `@oven/bun-linux-x64-musl${baseline}`;
const denoPackage = `@deno/linux-${arch}-glibc`;
/** The registry has no Node for musl. This package is a Node for musl that loads one program: see useAsNode. */
const nodeMuslPackage = '@pnpm/linuxstatic-x64';

const options = notWaiting(60_000);
const musl = {
  // Without --force npm refuses a package for another C library than this system's.
  options: ['--force', ...options],
  obstacle: arch === 'x64' ? null : `there is none for ${arch}`,
};

export const bun = packagesIn(
  'contenders/bun',
  { bun: { spec: bunPackage, folder: bunPackage, file: 'bin/bun' } },
  { options },
);

export const deno = packagesIn(
  'contenders/deno',
  { deno: { spec: denoPackage, folder: denoPackage, file: 'deno' } },
  { options },
);

export const bunMusl = packagesIn(
  'musl/bun',
  { 'bun-musl': { spec: bunMuslPackage, folder: bunMuslPackage, file: 'bin/bun' } },
  musl,
);

export const nodeMusl = packagesIn(
  'musl/node',
  { 'node-musl': { spec: `${nodeMuslPackage}@11.21.0`, folder: nodeMuslPackage, file: 'pnpm' } },
  { ...musl, prepare: (found) => useAsNode(found.get('node-musl')) },
);

/** The program loads dist/pnpm.mjs beside it. We put a file there that runs its first argument, as Node does. */
function useAsNode(program) {
  chmodSync(program, 0o755);
  const main = path.join(path.dirname(program), 'dist/pnpm.mjs');
  mkdirSync(path.dirname(main), { recursive: true });
  writeFileSync(
    main,
    `import { pathToFileURL } from 'node:url';
process.argv.splice(1, 1);
import(pathToFileURL(process.argv[1]));
`,
  );
}

/** Without AVX2 the ordinary Bun for x86-64 dies of SIGILL. */
function hasAvx2() {
  return /^flags\b.*\bavx2\b/m.test(readFileSync('/proc/cpuinfo', 'latin1'));
}
