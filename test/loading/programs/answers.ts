// Forked: answers messages until it is disconnected.
process.on('message', (answer) => process.send?.({ answer }));
