import childProcess from 'node:child_process';

/** Node's own functions, as they were when this module was loaded: `register` puts ours in their place. */
export const stock: typeof childProcess = { ...childProcess };
