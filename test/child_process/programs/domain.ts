import domain from 'node:domain';
import { cp } from './door.js';

const d = domain.create();
d.on('error', (error: Error & Record<string, unknown>) =>
  console.log('domain', error.message, error['domainThrown'], error['domainEmitter'] !== undefined),
);
d.run(() => {
  const child = cp.spawn('/bin/true', { stdio: 'ignore' });
  console.log((child as { domain?: unknown }).domain === d, Object.keys(child)[0]);
  child.on('exit', () => {
    throw new Error('in exit');
  });
  cp.spawn('/no/such', { stdio: 'ignore' });
  cp.exec('true', () => {
    throw new Error('in exec');
  });
});
