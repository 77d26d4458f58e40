import { say } from '../../support/in-program.js';
import { dropIn, throughUs, warningsHaveCome } from './kit.js';
import { cp, warnings } from './observed.js';

await warningsHaveCome();
let text = '';
await throughUs(() => {
  const child = cp.spawn('/bin/sh', ['-c', 'echo $ADDED; pwd'], { cwd: '/' });
  child.stdout.on('data', (data) => {
    text += data;
  });
  return child;
});
const second = await throughUs(() => cp.spawn('true', { stdio: 'ignore' }));
say([text, second, dropIn(), warnings]);
