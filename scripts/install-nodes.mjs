// Installs the Nodes of the test matrix, each the newest of its line, and prints a line "<line> <path>" for each.
// The packages hold one binary each, and nothing else: no npm, no headers.
import { spawnSync } from 'node:child_process';
import { Failure, main } from './lib/project.mjs';
import { installProgram, nodeLines } from './lib/runtimes.mjs';

await main(() => {
  for (const line of nodeLines) console.log(`${line} ${nodeOf(line)}`);
});

function nodeOf(line) {
  const binary = installProgram(`node-${line}`);
  const version = spawnSync(binary, ['--version'], { encoding: 'utf8' }).stdout?.trim() ?? 'nothing';
  if (!`${version}.`.startsWith(`v${line}.`)) throw new Failure(`${line}: ${binary} says ${version}`);
  return binary;
}
