// csrc/ -> prebuilds/linux-<arch>/forkless.node, one file for every Node and every libc. --out FOLDER puts prebuilds/
// there. Made in a copy, because prebuildify moves the file out of build/Release, where the tests want theirs.
// PREBUILD_ARCH=arm64 with CC and CXX naming a cross compiler makes the other one.
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { install } from './lib/prepare.mjs';
import { at, Failure, main, toolEnv } from './lib/project.mjs';

await main(async () => {
  const { values } = parseArgs({ options: { out: { type: 'string', default: at() } } });
  install();
  const { default: prebuildify } = await import('prebuildify');
  process.env.HOME = toolEnv().HOME;

  const workshop = mkdtempSync(path.join(os.tmpdir(), 'forkless-prebuild-'));
  try {
    for (const source of ['csrc', 'binding.gyp', 'package.json']) {
      cpSync(at(source), path.join(workshop, source), { recursive: true });
    }
    symlinkSync(at('node_modules'), path.join(workshop, 'node_modules'));
    await promisify(prebuildify)({
      cwd: workshop,
      out: path.resolve(values.out),
      platform: 'linux',
      napi: true,
      strip: true,
      nodeGyp: at('scripts/node-gyp.mjs'),
      targets: [process.versions.node],
      cache: path.join(workshop, 'headers'),
    });
  } finally {
    rmSync(workshop, { recursive: true, force: true });
  }

  const made = path.join(
    values.out,
    `prebuilds/linux-${process.env.PREBUILD_ARCH ?? process.arch}/forkless.node`,
  );
  if (!existsSync(made)) throw new Failure(`prebuildify did not make ${made}`);
  console.log(`made ${path.relative(process.cwd(), made)}`);
});
