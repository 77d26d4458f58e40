// Nodes from the registry. Each package holds one binary: no npm, no headers. Each version has a folder of its own, so
// that an old one is never taken for the newest.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cacheFolder, installInto } from './packages.mjs';
import { at, Failure, npmOutput } from './project.mjs';

/** The oldest versions that package.json allows, and the lines of which the newest is meant. */
export const nodeLines = ['20.19.0', '22.12.0', '20', '22', '24', '26'];

const source = `node-linux-${process.arch}`;
const folder = cacheFolder('nodes');
let published;

/** A way of scripts/lib/installables.mjs: the newest of each line. @param prefix of the names @param options for npm */
export function nodes(prefix, options = []) {
  const lineOf = new Map(nodeLines.map((line) => [`${prefix}${line}`, line]));
  return {
    place: 'node_modules/.cache/nodes',
    names: [...lineOf.keys()],
    find() {
      const found = [...lineOf].map(([name, line]) => [name, installedNode(line)]);
      return new Map(found.filter(([, binary]) => binary !== undefined));
    },
    install(names) {
      for (const name of names) checkVersion(lineOf.get(name), installNode(lineOf.get(name), options));
    },
  };
}

/** The newest release of a line, such as '22' or '22.12.0'. */
export function newest(line, versions) {
  return versions
    .filter((version) => /^\d+\.\d+\.\d+$/.test(version) && `${version}.`.startsWith(`${line}.`))
    .sort((one, other) => (isOlder(one, other) ? -1 : 1))
    .at(-1);
}

/** The newest of its line in the cache. */
function installedNode(line) {
  const versions = existsSync(folder) ? readdirSync(folder) : [];
  const version = newest(
    line,
    versions.filter((name) => existsSync(binaryOf(name))),
  );
  return version && binaryOf(version);
}

/** The newest of its line that the registry has. Installs it unless it is in the cache. */
function installNode(line, options) {
  published ??= JSON.parse(npmOutput(['view', source, 'versions', '--json', ...options]));
  const version = newest(line, published);
  if (version === undefined) throw new Failure(`the registry has no ${source}@${line}`);
  const binary = binaryOf(version);
  if (!existsSync(binary)) installInto(`${folder}/${version}`, [`${source}@${version}`], options);
  return binary;
}

/** A registry or its cache may be behind: refuses a Node older than the one that node-sources.json was made with. */
function checkVersion(line, binary) {
  const known = JSON.parse(readFileSync(at('scripts/node-sources.json'), 'utf8'));
  const version = spawnSync(binary, ['--version'], { encoding: 'utf8' }).stdout?.trim().slice(1) ?? 'nothing';
  if (!`${version}.`.startsWith(`${line}.`)) throw new Failure(`${line}: ${binary} says ${version}`);
  const least = known[line]?.version.slice(1) ?? line;
  if (isOlder(version, least))
    throw new Failure(`${line}: ${version} is older than ${least}, the version in node-sources.json`);
}

/** Compares number by number: 26.10.0 is newer than 26.9.0. */
function isOlder(version, other) {
  return version.localeCompare(other, 'en', { numeric: true }) < 0;
}

function binaryOf(version) {
  return `${folder}/${version}/node_modules/${source}/bin/node`;
}
