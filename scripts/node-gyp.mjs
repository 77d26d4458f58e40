#!/usr/bin/env node
// Runs the node-gyp that is part of npm, with the headers of the running Node if they are installed beside it. Otherwise
// node-gyp downloads headers. Node-API is the same in all versions, so it does not matter which headers are used.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { main, npmFolder, runNode } from './lib/project.mjs';

function nodedirOption() {
  const prefix = path.dirname(path.dirname(process.execPath));
  return existsSync(path.join(prefix, 'include/node/node_api.h')) ? [`--nodedir=${prefix}`] : [];
}

await main(() => {
  const script = path.join(npmFolder(), 'node_modules/node-gyp/bin/node-gyp.js');
  // prebuildify calls this in another folder, which must stay the working directory.
  runNode(script, [...process.argv.slice(2), ...nodedirOption()], { cwd: process.cwd() });
});
