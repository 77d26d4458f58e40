// Packages of the registry that are used beside this one, each set in a folder of its own.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { npm } from './project.mjs';

/** Where it fails nothing is left. npm's own output goes to stderr: stdout is for what the script says. */
export function installInto(folder, packages, options = []) {
  // A package of its own, so that npm installs here; with --prefix it would not find its global settings.
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/package.json`, '{ "private": true }\n');
  const usual = ['--no-save', '--no-package-lock', '--ignore-scripts', '--loglevel=error'];
  try {
    npm(['install', ...usual, ...options, ...packages], { stdio: ['ignore', 2, 2], cwd: folder });
  } catch (error) {
    rmSync(folder, { recursive: true });
    throw error;
  }
}

/** For what can be done without: where there is no network it is left out, and not waited for. */
export function notWaiting(milliseconds) {
  return ['--fetch-retries=1', '--fetch-retry-mintimeout=1000', `--fetch-timeout=${milliseconds}`];
}
