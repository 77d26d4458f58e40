import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { at } from './paths.js';

// Inside the repository, so that a script imports 'forkless' and '#lib/…' as the tests do.
const folder = at('build/test/scripts');
let count = 0;

export interface Script extends Disposable {
  readonly url: URL;
}

/** An ES module with this text, in which the names of support/scripting.ts are global; a URL is taken as it is. */
export function makeScript(source: string | URL, bare = false): Script {
  if (source instanceof URL) return { url: source, [Symbol.dispose]() {} };
  mkdirSync(folder, { recursive: true });
  count += 1;
  const path = `${folder}/${process.pid}-${count}.mjs`;
  // Without a line break: the lines of an error's stack are those of the test's text.
  const prelude = `import ${JSON.stringify(new URL('./scripting.js', import.meta.url).href)};`;
  writeFileSync(path, bare ? source : `${prelude} ${source}`);
  return { url: pathToFileURL(path), [Symbol.dispose]: () => rmSync(path, { force: true }) };
}
