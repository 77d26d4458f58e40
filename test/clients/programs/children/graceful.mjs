// Says 'ready', and then why it was asked to end.
import { importClient } from '../kit.mjs';

const { getCancelSignal } = await importClient('execa');
const signal = await getCancelSignal();
const alive = setInterval(() => {}, 1000);
console.log('ready');
signal.addEventListener('abort', () => {
  console.log(`ended: ${signal.reason}`);
  process.exitCode = 7;
  clearInterval(alive);
});
