// For --require in a Worker. A Worker that registers loader hooks makes a thread for them, which gets the Worker's
// flags. In that thread Node 22 cannot require an ES module, and there is nothing to replace there.
try {
  require('./worker.js');
} catch (error) {
  if ((error as { code?: unknown }).code !== 'ERR_METHOD_NOT_IMPLEMENTED') throw error;
}
