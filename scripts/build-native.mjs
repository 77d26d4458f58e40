// Compiles csrc/ into build/Release/forkless.node. Incremental: make decides what to compile.
import { existsSync, rmSync } from 'node:fs';
import { fingerprint, markBuilt } from './lib/fresh.mjs';
import { at, main, runNode } from './lib/project.mjs';

await main(() => {
  if (process.platform !== 'linux') {
    console.log('forkless: the engine is for Linux; nothing to build here');
    return;
  }
  const taken = fingerprint('native');
  rmSync(at('build/native.stamp'), { force: true });
  // Both run each time: only `build` notices changed sources, only `configure` changed flags and another Node.
  runNode(at('scripts/node-gyp.mjs'), ['configure', '--loglevel=warn']);
  runNode(at('scripts/node-gyp.mjs'), ['build', '--loglevel=warn']);
  if (!existsSync(at('build/Release/forkless.node'))) throw new Error('node-gyp made no forkless.node');
  markBuilt('native', taken);
});
