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
      const { passes, failures: failed, pending, duration } = this.stats;
      const failures = this.failures.map((test) => `${test.fullTitle()}\n${reasonOf(test)}`);
      writeFileSync(file, JSON.stringify({ passed: passes, failed, skipped: pending, duration, failures }));
    });
  }
};

/** What was thrown, and from where in a test: a long run is often seen from its last lines alone. */
function reasonOf({ err }) {
  const text = String(err?.stack ?? err?.message ?? err);
  return text
    .split('\n')
    .filter((line) => !/^\s+at .*(node_modules|node:internal)/.test(line))
    .slice(0, 12)
    .map((line) => `    ${line.slice(0, 400)}`)
    .join('\n');
}
