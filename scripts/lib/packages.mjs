// Packages of the registry that are used beside this one, each set in a folder of its own.
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { npm } from './project.mjs';

/**
 * Where it fails nothing is left. What is in `folder` is whole whenever somebody looks. npm's own output goes to stderr:
 * stdout is for what the script says.
 */
export function installInto(folder, packages, options = []) {
  const unfinished = `${folder}.${process.pid}`;
  // A package of its own, so that npm installs here; with --prefix it would not find its global settings.
  mkdirSync(unfinished, { recursive: true });
  writeFileSync(`${unfinished}/package.json`, '{ "private": true }\n');
  const usual = ['--no-save', '--no-package-lock', '--ignore-scripts', '--loglevel=error'];
  try {
    npm(['install', ...usual, ...options, ...packages], { stdio: ['ignore', 2, 2], cwd: unfinished });
    rmSync(folder, { recursive: true, force: true });
    renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** For what can be done without: where there is no network it is left out, and not waited for. */
export function notWaiting(milliseconds) {
  return ['--fetch-retries=1', '--fetch-retry-mintimeout=1000', `--fetch-timeout=${milliseconds}`];
}
