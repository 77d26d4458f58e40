import './register/loaded-before.js'; // first: it asks what has been loaded before the others load it
import { builtin } from './builtin.js';
import { api } from './child_process/api.js';
import { dropIn } from './drop-in.js';
import { ownFile } from './own-files.js';
import { replaceBuiltin } from './register/builtin.js';
import { propagate } from './register/propagate.js';
import { reportMissed } from './register/report-missed.js';
import { coverWorkers } from './register/workers.js';

// If it is known that the engine cannot be used, Node's functions stay; features().childProcess says why.
const replacement = dropIn.backend === 'node' ? undefined : replaceBuiltin(api);
if (replacement !== undefined) {
  const file = ownFile('register.js');
  if (file !== undefined) propagate(file);
  const worker = coverWorkers();
  builtin('node:module').syncBuiltinESMExports(); // once for both: it looks at every module that is loaded
  reportMissed(replacement, worker);
}
