import { tellReplaced } from './replaced-environments.js';
import { show } from './told-environment.js';

show('absent');
show('its own', { env: process.env });
tellReplaced();
