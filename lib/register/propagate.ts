/**
 * With FORKLESS_PROPAGATE=1, Node processes that inherit this environment register as well. A URL is written without
 * spaces, quotes and backslashes, and so needs none in NODE_OPTIONS.
 */
export function propagate(register: string): void {
  if (process.env['FORKLESS_PROPAGATE'] !== '1') return;
  const flag = `--import=${register}`;
  const given = process.env['NODE_OPTIONS'] ?? '';
  if (given.split(' ').includes(flag)) return;
  // First, so that what else is loaded there finds the module replaced, and patches ours.
  process.env['NODE_OPTIONS'] = given === '' ? flag : `${flag} ${given}`;
}
