// npm run demo: installs and builds what is missing, then runs the demonstration.
import { prepare } from './lib/prepare.mjs';
import { main } from './lib/project.mjs';

await main(async () => {
  prepare();
  await import('../demo/index.mjs');
});
