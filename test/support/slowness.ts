/**
 * How many times slower than an ordinary machine this one may be: every deadline of the tests is that many times later.
 * For an emulated processor, FORKLESS_TEST_SLOWNESS says it.
 */
export const slowness = Number(process.env['FORKLESS_TEST_SLOWNESS'] ?? 1);
