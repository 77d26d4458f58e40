import { builtin } from '../builtin.js';
import { packageFolder } from '../own-files.js';

const { readFileSync } = builtin('node:fs');

/** Of this package. */
export function version(): string {
  return (JSON.parse(readFileSync(`${packageFolder()}/package.json`, 'utf8')) as { version: string }).version;
}
