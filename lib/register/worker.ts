// coverWorkers() loads this file into each Worker. shown-flags.js comes first: register.js reads `process.execArgv`.
import './shown-flags.js';
import '../register.js';
