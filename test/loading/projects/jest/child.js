process.send({ hello: 'parent' }, () => process.disconnect());
