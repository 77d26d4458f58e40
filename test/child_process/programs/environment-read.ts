import { show } from './told-environment.js';

show('absent');
for (const env of [undefined, null, false, '', process.env, { ...process.env }, {}]) show('given', { env });
