import { api } from './child_process/api.js';
import { dropIn } from './drop-in.js';
import { replaceBuiltin } from './register/builtin.js';
import { propagate } from './register/propagate.js';
import { reportMissed } from './register/report-missed.js';
import { coverWorkers } from './register/workers.js';

// If the engine cannot be used, Node's functions stay; features().childProcess says why.
const replacement = dropIn.backend === 'forkless' ? replaceBuiltin(api) : undefined;
if (replacement !== undefined) {
  propagate(import.meta.url);
  reportMissed(replacement, coverWorkers());
}
