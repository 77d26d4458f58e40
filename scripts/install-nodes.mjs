// Installs the Nodes of the test matrix, each the newest of its line, and prints a line "<line> <path>" for each. One that
// is older than the one whose inner sources have been looked at (node-sources.json) is a failure: a registry that is
// behind, or a cache.
//   --installed   installs nothing
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { installedNode, installNode, isOlder, nodeLines } from './lib/nodes.mjs';
import { at, Failure, main } from './lib/project.mjs';

const known = JSON.parse(readFileSync(at('scripts/node-sources.json'), 'utf8'));

await main(() => {
  const find = process.argv.includes('--installed') ? installedNode : installNode;
  for (const line of nodeLines) console.log(`${line} ${checked(line, find(line))}`);
});

function checked(line, binary) {
  if (binary === null) throw new Failure(`Node ${line} is not installed: node scripts/install-nodes.mjs`);
  const version = spawnSync(binary, ['--version'], { encoding: 'utf8' }).stdout?.trim().slice(1) ?? 'nothing';
  if (!`${version}.`.startsWith(`${line}.`)) throw new Failure(`${line}: ${binary} says ${version}`);
  const least = known[line]?.version.slice(1) ?? line;
  if (isOlder(version, least))
    throw new Failure(`${line}: ${version} is older than ${least}, of node-sources.json`);
  return binary;
}
