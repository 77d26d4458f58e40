const OUT_OF =
  /\b(?:EMFILE|ENFILE|ENOMEM|EAGAIN)\b|too many open files|cannot allocate memory|maximum call stack|stack overflow/i;

/** Did it fail for a reason that may be gone at the next attempt: no free descriptor, no memory, a deep stack? */
export function isPassing(error: unknown): boolean {
  for (let each = error, depth = 0; each instanceof Error && depth < 4; each = each.cause, depth++)
    if (OUT_OF.test(`${(each as NodeJS.ErrnoException).code} ${each.message}`)) return true;
  return false;
}
