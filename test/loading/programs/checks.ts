/** What a program asserts: title to assertion. The tests import the titles; a runtime runs the assertions. */
export type Checks = Readonly<Record<string, () => void | Promise<void>>>;

/** `'ok'`, or what went wrong, by title. One after the other. */
export async function outcomesOf(checks: Checks): Promise<Record<string, string>> {
  const outcomes: Record<string, string> = {};
  for (const [title, check] of Object.entries(checks)) outcomes[title] = await outcomeOf(check);
  return outcomes;
}

async function outcomeOf(check: () => void | Promise<void>): Promise<string> {
  let late: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    late = setTimeout(() => reject(new Error('not within 10 s')), 10_000);
  });
  try {
    await Promise.race([check(), deadline]);
    return 'ok';
  } catch (error) {
    return error instanceof Error ? `${error.message}\n${error.stack}` : String(error);
  } finally {
    clearTimeout(late);
  }
}
