import { api } from './child_process/api.js';
import { dropIn } from './drop-in.js';
import { replaceBuiltin } from './register/builtin.js';
import { propagate } from './register/propagate.js';
import { tellTruth } from './register/truth.js';
import { coverWorkers } from './register/workers.js';

// Where our engine cannot be used the program keeps what it has; features().childProcess says why.
const replacement = dropIn.backend === 'forkless' ? replaceBuiltin(api) : undefined;
if (replacement !== undefined) {
  propagate(import.meta.url);
  tellTruth(replacement, coverWorkers());
}
