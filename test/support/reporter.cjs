// The spec reporter, which also writes its totals to the file that FORKLESS_TEST_FIGURES names.
'use strict';

const { writeFileSync } = require('node:fs');
const { reporters, Runner } = require('mocha');

module.exports = class FiguresReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const file = process.env.FORKLESS_TEST_FIGURES;
    if (!file) return;
    // A test that runs mocha, or this program's children, must not write over our figures.
    delete process.env.FORKLESS_TEST_FIGURES;
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending, duration } = this.stats;
      const titles = this.failures.map((test) => test.fullTitle());
      writeFileSync(
        file,
        JSON.stringify({ passed: passes, failed: failures, skipped: pending, duration, titles }),
      );
    });
  }
};
