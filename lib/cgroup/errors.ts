import { withFields } from '../own.js';

/** In the form of Node's errors of system calls. */
export function cgroupError(
  code: keyof typeof errnos,
  message: string,
  fields: object,
): NodeJS.ErrnoException {
  return withFields(new Error(`${code}: ${message}`), { errno: -errnos[code], code, ...fields });
}

const errnos = { ENOENT: 2, ENOTSUP: 95, ERANGE: 34, ETIMEDOUT: 110 };

/** Of a file of a cgroup that is removed: ENODEV where it was open already. */
export function isGone(error: unknown): boolean {
  return codeOf(error) === 'ENOENT' || codeOf(error) === 'ENODEV';
}

export function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | null)?.code;
}
