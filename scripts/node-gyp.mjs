#!/usr/bin/env node
// The node-gyp that npm brings, with the headers of the running Node where they are installed beside it. Without them
// node-gyp downloads a set. Node-API is the same in all of them, so it does not matter whose headers are taken.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { main, npmFolder, runNode } from './lib/project.mjs';

function nodedirOption() {
  const prefix = path.dirname(path.dirname(process.execPath));
  return existsSync(path.join(prefix, 'include/node/node_api.h')) ? [`--nodedir=${prefix}`] : [];
}

await main(() => {
  const script = path.join(npmFolder(), 'node_modules/node-gyp/bin/node-gyp.js');
  // Called by prebuildify in another folder: stay there.
  runNode(script, [...process.argv.slice(2), ...nodedirOption()], { cwd: process.cwd() });
});
