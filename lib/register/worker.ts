// What coverWorkers() loads into a Worker. The flags first: `register` remembers them.
import './shown-flags.js';
import '../register.js';
