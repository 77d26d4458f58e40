import { api } from './child_process/api.js';
import { dropIn } from './drop-in.js';
import { replaceBuiltin } from './register/builtin.js';
import { propagate } from './register/propagate.js';
import { coverWorkers } from './register/workers.js';

// Where our engine cannot be used the program keeps what it has; features().childProcess says why.
if (dropIn.backend === 'forkless' && replaceBuiltin(api)) {
  propagate(import.meta.url);
  coverWorkers();
}
