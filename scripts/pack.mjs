// npm run pack: the tarball as it is published, with what it holds and its size. --out FOLDER puts it there. Needs no
// compiler: the binaries are those of prebuilds/, which must be of this source.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { requirePrebuilds } from './lib/prebuilds.mjs';
import { install } from './lib/prepare.mjs';
import { at, main, npmOutput, runNode } from './lib/project.mjs';

await main(() => {
  const { values } = parseArgs({ options: { out: { type: 'string', default: at() } } });
  requirePrebuilds();
  // A narrower one of the user would get into the tarball, and with it where nobody puts it right.
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
