// The programs that the contenders live in, as far as this machine has them.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compileHost } from './support/compile.mjs';

const at = (file) => fileURLToPath(new URL(file, import.meta.url));
const NODE_FLAGS = ['--expose-gc'];

/**
 * @param nodes what findNodes() has found
 * @returns {{hosts: {name, version, command, ours}[], missing: string[]}} Ours first.
 */
export function findHosts(nodes) {
  const missing = [];
  const own = nodeHost('node', nodes.own);
  // Two processes: a fork leaves the memory of its process write-protected, which slows down whoever is beside it.
  const hosts = [{ ...nodeHost('forkless', nodes.own), version: ownVersion(), ours: true }, own];
  if (nodes.newer) hosts.push(nodeHost('sid', nodes.newer));
  else missing.push("Debian sid's Node, on libuv 1.53+: not installed, and not to be had from Debian");
  const flags = { bun: [], deno: ['run', '--allow-all', '--quiet', '--v8-flags=--expose-gc'] };
  for (const [name, before] of Object.entries(flags)) {
    const program = installed([name]).get(name);
    const version = program && versionOf(program);
    if (version) hosts.push({ name, version, command: script(program, before, name) });
    else missing.push(`${name}: not installed, and not to be had from the registry`);
  }
  const python = versionOf('python3');
  if (python) hosts.push({ name: 'python', version: python, command: ['python3', at('hosts/host.py')] });
  else missing.push('python3: not on PATH');
  hosts.push(cHost());
  return { hosts, missing };
}

export function cHost() {
  return { name: 'c', version: libcVersion(), command: [compileHost()] };
}

/**
 * The Nodes that the drop-in is measured on: this one, the newest of 24, and Debian sid's, whose libuv starts processes
 * by posix_spawn.
 * @param fetch false: only what is installed already
 * @returns {{own, newest, newer}} Each {program, version, line, libuv}; one that cannot be had is not there, and where
 *   this one is of line 24, there is no other of it.
 */
export function findNodes(fetch = true) {
  const own = describe(process.execPath);
  const newest =
    own.line === '24' ? undefined : installed([...(fetch ? [] : ['--installed']), 'node-24']).get('node-24');
  // It takes ten seconds to ask Debian whether there is a newer one.
  const sid = installed(['--installed', 'sid']).get('sid') ?? (fetch && installed(['sid']).get('sid'));
  const newer = sid ? sid.split(' ')[0] : undefined;
  return { own, newest: newest && describe(newest), newer: newer && describe(newer) };
}

/** A host in that Node; `only`: one way of the contender, in a process of its own. */
export function nodeHost(contender, { program, version, libuv }, only) {
  return {
    name: contender,
    version: `${version} on libuv ${libuv}`,
    command: script(program, NODE_FLAGS, only ? `${contender}:${only}` : contender),
  };
}

function describe(program) {
  const { stdout } = spawnSync(program, ['-p', 'JSON.stringify(process.versions)'], { encoding: 'utf8' });
  const { node, uv } = JSON.parse(stdout);
  return { program, version: node, line: node.split('.')[0], libuv: uv };
}

function script(program, flags, contender) {
  return [program, ...flags, at('hosts/host.mjs'), contender];
}

/** What scripts/install.mjs prints: the rest of the line, by its first word. */
function installed(names) {
  const { stdout } = spawnSync(process.execPath, [at('../scripts/install.mjs'), ...names], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = stdout.split('\n').filter(Boolean);
  return new Map(lines.map((line) => line.split(/ (.*)/)).map(([name, rest]) => [name, rest]));
}

function versionOf(program) {
  const { status, stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  return status === 0 ? stdout.match(/\d+(?:\.\d+)+/)?.[0] : undefined;
}

function ownVersion() {
  return JSON.parse(readFileSync(at('../package.json'), 'utf8')).version;
}

function libcVersion() {
  const glibc = process.report.getReport().header.glibcVersionRuntime;
  return glibc ? `glibc ${glibc}` : 'the C library of this system';
}
