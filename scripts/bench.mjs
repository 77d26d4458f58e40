// npm run bench: the benchmark, on what the sources say now.
import { prepare } from './lib/prepare.mjs';
import { main } from './lib/project.mjs';

await main(async () => {
  prepare();
  await import('../bench/index.mjs');
});
