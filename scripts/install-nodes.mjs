// Installs the Nodes of the test matrix, each the newest of its line, and prints a line "<line> <path>" for each.
// The packages hold one binary each, and nothing else: no npm, no headers.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { installInto } from './lib/packages.mjs';
import { at, Failure, main } from './lib/project.mjs';

const lines = ['20.19.0', '20', '22', '24', '26'];

await main(() => {
  for (const line of lines) console.log(`${line} ${nodeOf(line)}`);
});

function nodeOf(line) {
  const folder = at('node_modules/.cache/nodes', line);
  const binary = `${folder}/node_modules/node-linux-${process.arch}/bin/node`;
  if (!existsSync(binary)) installInto(folder, [`node-linux-${process.arch}@${line}`]);
  const version = spawnSync(binary, ['--version'], { encoding: 'utf8' }).stdout?.trim() ?? 'nothing';
  if (!`${version}.`.startsWith(`v${line}.`)) throw new Failure(`${line}: ${binary} says ${version}`);
  return binary;
}
