// Arguments: a part of the layout, and what the binary says of it. Says what comes of loading such a binary.
import { createRequire } from 'node:module';
import { at } from '../support/paths.js';

const [part = '', said = ''] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const file: string = require('node-gyp-build').path(at(''));
const own: { layout(): object } = require(file);
const layout = { ...own.layout(), [part]: part === 'version' ? Number(said) : said };
const [cached] = Object.values(require.cache).filter((module) => module?.filename === file);
if (cached === undefined) throw new Error(`${file} is not in the cache`);
// Its own properties are read-only.
cached.exports = Object.create(own, { layout: { value: () => layout } });

const { features, posixSpawnSync } = await import('forkless');
const { backend, reason } = features();
let code = 'started';
try {
  posixSpawnSync('/bin/true', ['true']);
} catch (error) {
  code = (error as NodeJS.ErrnoException).code ?? String(error);
}
console.log(JSON.stringify({ backend, reason, code }));
