// npm run pack: makes the tarball as it is published, and prints its size. Needs no compiler: the binaries are those in
// prebuilds/, which must have been made of the present sources.
//   --out FOLDER   puts the tarball there
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { requirePrebuilds } from './lib/prebuilds.mjs';
import { install } from './lib/prepare.mjs';
import { at, main, npmOutput, runNode } from './lib/project.mjs';

await main(() => {
  const { values } = parseArgs({ options: { out: { type: 'string', default: at() } } });
  requirePrebuilds();
  // The files in the tarball keep their modes. With a stricter umask, other users could not read the installed package.
  process.umask(0o022);
  install();
  runNode(at('scripts/build-ts.mjs'), []);
  mkdirSync(values.out, { recursive: true });
  // npm before 12 answers with a list, npm 12 with an object by package name.
  const [packed] = Object.values(
    JSON.parse(npmOutput(['pack', '--json', '--pack-destination', path.resolve(values.out)])),
  );
  const { filename, entryCount, size, unpackedSize } = packed;
  console.log(
    `${path.join(values.out, filename)}: ${kilobytes(size)} packed, ${kilobytes(unpackedSize)} in ${entryCount} files`,
  );
});

function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
