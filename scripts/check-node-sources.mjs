// The drop-in depends on internal sources of Node (lib/child_process/node-internals/inner-handle.ts). This compares those
// of each Node of the matrix with the ones that a person has reviewed, in any Node. A change is not a failure, since the
// tests tell whether it matters. It only asks for a review.
//   --write     after the review: records them as known
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { at, main, outputOf } from './lib/project.mjs';

const sources = ['child_process', 'internal/child_process', 'internal/cluster/primary'];
const file = at('scripts/node-sources.json');

const printSources = `
  const natives = process.binding('natives');
  const texts = Object.fromEntries(${JSON.stringify(sources)}.map((name) => [name, natives[name]]));
  console.log(JSON.stringify({ version: process.version, texts }));`;

await main(() => {
  const known = JSON.parse(readFileSync(file, 'utf8'));
  const lookedAt = new Set(Object.values(known).flatMap((hashes) => sources.map((source) => hashes[source])));
  const found = { ...known };
  let changes = 0;
  for (const line of outputOf(process.execPath, [at('scripts/install.mjs'), '--installed', 'nodes'])
    .trim()
    .split('\n')) {
    const [name, binary] = line.split(' ');
    const { version, texts } = JSON.parse(outputOf(binary, ['--no-deprecation', '-e', printSources]));
    const hashes = Object.fromEntries(sources.map((source) => [source, hash(texts[source])]));
    for (const source of sources) {
      if (lookedAt.has(hashes[source])) continue;
      changes++;
      console.log(
        `LOOK: ${source} of Node ${version} is not the one of ${known[name]?.version ?? 'any looked at'}`,
      );
    }
    found[name] = { version, ...hashes };
  }
  if (process.argv.includes('--write')) writeFileSync(file, `${JSON.stringify(found, null, 2)}\n`);
  else if (changes === 0) console.log('all known');
  else
    console.log(
      'Compare with lib/child_process/node-internals/inner-handle.ts, then: node scripts/check-node-sources.mjs --write',
    );
});

function hash(text) {
  return createHash('sha256').update(text).digest('hex');
}
