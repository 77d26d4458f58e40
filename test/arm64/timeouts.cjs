// For mocha's --require, in the guest: multiplies every timeout of every test and hook by FORKLESS_TEST_SLOWNESS.
'use strict';

const { Runnable } = require('mocha');

const { timeout } = Runnable.prototype;
const slowness = Number(process.env.FORKLESS_TEST_SLOWNESS ?? 1);

Runnable.prototype.timeout = function (...milliseconds) {
  return timeout.apply(
    this,
    milliseconds.map((given) => given * slowness),
  );
};
