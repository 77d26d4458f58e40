// The Nodes of the test matrix, from the registry. The packages hold one binary each, and nothing else: no npm, no
// headers. Each version has a folder of its own, so that a newer one is never taken for what was there before.
import { existsSync, readdirSync } from 'node:fs';
import { installInto } from './packages.mjs';
import { at, npmOutput } from './project.mjs';

/** The oldest that package.json allows, and the lines of which the newest is meant. */
export const nodeLines = ['20.19.0', '22.12.0', '20', '22', '24', '26'];

const source = `node-linux-${process.arch}`;
const folder = at('node_modules/.cache/nodes');
let published;

/** The newest of its line that is there, or null. */
export function installedNode(line) {
  const versions = existsSync(folder) ? readdirSync(folder) : [];
  const version = newest(
    line,
    versions.filter((name) => existsSync(binaryOf(name))),
  );
  return version === undefined ? null : binaryOf(version);
}

/** The newest of its line that the registry has, installed where it is not there yet. */
export function installNode(line, options = []) {
  published ??= JSON.parse(npmOutput(['view', source, 'versions', '--json', ...options]));
  const version = newest(line, published);
  if (version === undefined) throw new Error(`there is no ${source}@${line}`);
  const binary = binaryOf(version);
  if (!existsSync(binary)) installInto(`${folder}/${version}`, [`${source}@${version}`], options);
  return binary;
}

/** By number, part by part: 26.10.0 is newer than 26.9.0. */
export function isOlder(version, other) {
  return version.localeCompare(other, 'en', { numeric: true }) < 0;
}

/** The newest release of a line, such as '22' or '22.12.0'. */
export function newest(line, versions) {
  return versions
    .filter((version) => /^\d+\.\d+\.\d+$/.test(version) && `${version}.`.startsWith(`${line}.`))
    .sort((one, other) => (isOlder(one, other) ? -1 : 1))
    .at(-1);
}

function binaryOf(version) {
  return `${folder}/${version}/node_modules/${source}/bin/node`;
}
