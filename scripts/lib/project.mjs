// Paths of the repository, running programs, and what npm and node-gyp need to run anywhere.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const at = (...parts) => path.join(root, ...parts);

/** A failure whose message says everything: it is printed without a stack. */
export class Failure extends Error {}

/** Runs a script's main function; a Failure, or a wrong argument, is printed without a stack. */
export async function main(run) {
  try {
    await run();
  } catch (error) {
    const isSaid = error instanceof Failure || /^ERR_PARSE_ARGS_/.test(error.code);
    console.error(isSaid ? `forkless: ${error.message}` : error);
    process.exitCode = 1;
  }
}

/** Runs a program with our standard streams; anything but exit code 0 is a Failure. */
export function run(file, args, options = {}) {
  const code = tryRun(file, args, options);
  if (code !== 0) throw new Failure(`${[path.basename(file), ...args].join(' ')}: ended with ${code}`);
}

/** As run(), but returns the exit code, or the name of the signal or of the error. */
export function tryRun(file, args, options = {}) {
  const result = spawnSync(file, args, { cwd: root, stdio: 'inherit', env: toolEnv(), ...options });
  return result.error ? result.error.code : (result.signal ?? result.status);
}

/** What a program prints; anything but exit code 0 is a Failure. */
export function outputOf(file, args, options = {}) {
  const { status, stdout } = spawnSync(file, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: toolEnv(),
    maxBuffer: 2 ** 26,
    ...options,
  });
  if (status !== 0) throw new Failure(`${path.basename(file)} ${args[0]}: ended with ${status}`);
  return stdout.toString();
}

/** Runs a JavaScript file under this Node. */
export function runNode(script, args, options = {}) {
  run(process.execPath, [script, ...args], options);
}

/**
 * The environment for npm and node-gyp. Both keep a cache in HOME, and fail if it is unset, empty or not a folder, as for
 * a build user in a container. Then HOME is a folder of the project.
 */
export function toolEnv() {
  const home = process.env.HOME;
  if (home && statSync(home, { throwIfNoEntry: false })?.isDirectory()) return process.env;
  const standIn = at('.cache/home');
  mkdirSync(standIn, { recursive: true });
  return { ...process.env, HOME: standIn };
}

/** npm's own folder: of the npm that runs us, else of the one installed beside this Node, else of the one on PATH. */
export function npmFolder() {
  const prefix = path.dirname(path.dirname(process.execPath));
  const clients = [
    process.env.npm_execpath,
    path.join(prefix, 'lib/node_modules/npm/bin/npm-cli.js'),
    path.join(path.dirname(process.execPath), 'node_modules/npm/bin/npm-cli.js'),
  ];
  const client = clients.find((file) => file && path.basename(file) === 'npm-cli.js' && existsSync(file));
  if (client) return path.resolve(client, '../..');
  const asked = spawnSync('npm', ['root', '-g'], { cwd: os.tmpdir(), encoding: 'utf8', env: toolEnv() });
  const folder = path.join(asked.stdout?.trim() ?? '', 'npm');
  if (asked.status === 0 && existsSync(folder)) return folder;
  throw new Failure('npm was not found beside this Node, nor on PATH');
}

/** Runs npm by the Node that runs us. */
export function npm(args, options = {}) {
  const { script, env } = npmCommand();
  runNode(script, args, { ...options, env: { ...env, ...options.env } });
}

/** What npm prints. */
export function npmOutput(args, options = {}) {
  const { script, env } = npmCommand();
  return outputOf(process.execPath, [script, ...args], { ...options, env: { ...env, ...options.env } });
}

/** npm's global settings (a registry, certificates) lie beside npm, but npm looks beside the Node that runs it. */
function npmCommand() {
  const folder = npmFolder();
  const settings = path.resolve(folder, '../../../etc/npmrc');
  return {
    script: path.join(folder, 'bin/npm-cli.js'),
    env: { ...toolEnv(), ...(existsSync(settings) && { npm_config_globalconfig: settings }) },
  };
}
