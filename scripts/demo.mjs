// npm run demo: from a fresh clone to the demonstration in one command.
import { prepare } from './lib/prepare.mjs';
import { main } from './lib/project.mjs';

await main(async () => {
  prepare();
  await import('../demo/index.mjs');
});
