// For --require in a Worker. A Worker that registers loader hooks makes a thread for them, which gets the Worker's flags:
// there Node 22 cannot require an ES module, and there nothing is to be registered.
try {
  require('./worker.js');
} catch (error) {
  if ((error as { code?: unknown }).code !== 'ERR_METHOD_NOT_IMPLEMENTED') throw error;
}
