// Sends every message back, and ends with the one that says so.
process.on('message', (message) => {
  process.send({ back: message }, () => {
    if (message === 'end') process.disconnect();
  });
});
process.send('ready');
