import { readParameters, say } from './in-program.js';

/**
 * For a program that has several scenarios with the same preparation: runs the one that the test names in the parameter
 * `scenario`, and says what it returns.
 */
export async function runScenario(scenarios: Readonly<Record<string, () => unknown>>): Promise<void> {
  const { scenario } = readParameters<{ scenario: string }>();
  const run = scenarios[scenario];
  if (run === undefined) throw new Error(`there is no scenario ${scenario}`);
  say(await run());
}
