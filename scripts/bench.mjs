// npm run bench: builds what has changed, then runs the benchmark.
import { prepare } from './lib/prepare.mjs';
import { main } from './lib/project.mjs';

await main(async () => {
  prepare();
  await import('../bench/index.mjs');
});
