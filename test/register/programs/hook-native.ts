// Preloaded: replaces a native function of Node.
import { hook, type Kind } from './native.js';
import { kept } from './observed.js';
import { preloadedParameters } from './preloaded-parameters.js';

kept.unhook = hook(preloadedParameters<Kind>(import.meta.url));
