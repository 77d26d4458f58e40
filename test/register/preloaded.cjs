// For --require: leaves a trace in every thread.
globalThis.preloaded = 'preloaded';
