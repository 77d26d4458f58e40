// The programs that the contenders live in, as far as this machine has them, and how to talk to one.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { compileHost } from './support/compile.mjs';

const ANSWER_WITHIN = 240_000;
const at = (file) => fileURLToPath(new URL(file, import.meta.url));

/** @returns {{hosts: {name, version, command}[], missing: string[]}} Ours first. */
export function findHosts() {
  const missing = [];
  const own = (name, version) => ({
    name,
    version,
    command: script(process.execPath, ['--expose-gc'], name),
  });
  // Two processes: a fork leaves the memory of its process write-protected, which slows down whoever is beside it.
  const hosts = [own('forkless', ownVersion()), own('node', process.versions.node)];
  const installed = installedRuntimes();
  const flags = { bun: [], deno: ['run', '--allow-all', '--quiet', '--v8-flags=--expose-gc'] };
  for (const [name, before] of Object.entries(flags)) {
    const program = installed[name];
    const version = program && versionOf(program);
    if (version) hosts.push({ name, version, command: script(program, before, name) });
    else missing.push(`${name}: not installed, and not to be had from the registry`);
  }
  const python = versionOf('python3');
  if (python) hosts.push({ name: 'python', version: python, command: ['python3', at('hosts/host.py')] });
  else missing.push('python3: not on PATH');
  hosts.push({ name: 'c', version: libcVersion(), command: [compileHost()] });
  return { hosts, missing };
}

/** A host under its setting. `ask` one question after the other. */
export class Host {
  #child;
  #lines;
  #name;

  /** Resolves when it has its memory and descriptors; `setting` then says how much it really has. */
  static async start({ name, command }, { bytes, descriptors }) {
    const [program, ...args] = command;
    const child = spawn(program, [...args, `${bytes}`, `${descriptors}`], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, DENO_NO_UPDATE_CHECK: '1' },
    });
    const host = new Host();
    host.#name = name;
    host.#child = child;
    host.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    child.on('error', () => {}); // its standard output ends, too, and that is told
    child.stdin.on('error', () => {}); // so it does when it has died
    host.setting = await host.#answer();
    return host;
  }

  ask(...words) {
    this.#child.stdin.write(`${words.join(' ')}\n`);
    return this.#answer(words.join(' '));
  }

  /** @returns what it has left behind, if it can say that. */
  async end() {
    this.#child.stdin.end();
    const { left } = this.#name === 'forkless' ? await this.#answer('the end') : { left: [] };
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit');
    return left;
  }

  kill() {
    this.#child.kill('SIGKILL');
  }

  async #answer(question = 'its start') {
    const timer = setTimeout(() => this.kill(), ANSWER_WITHIN);
    const { value, done } = await this.#lines.next();
    clearTimeout(timer);
    if (done) throw new Error(`${this.#name} died or was silent too long: ${question}`);
    return JSON.parse(value);
  }
}

function script(program, flags, name) {
  return [program, ...flags, at('hosts/host.mjs'), name];
}

function installedRuntimes() {
  const { stdout } = spawnSync(process.execPath, [at('../scripts/install.mjs'), 'bun', 'deno'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return Object.fromEntries(
    stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split(/ (.*)/)),
  );
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
