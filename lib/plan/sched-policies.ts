/** The names of the scheduling policies, by the kernel's number. */
export const schedPolicies: readonly (string | undefined)[] = [
  'SCHED_OTHER',
  'SCHED_FIFO',
  'SCHED_RR',
  'SCHED_BATCH',
  undefined,
  'SCHED_IDLE',
];

/** A flag beside the policy: SCHED_RESET_ON_FORK. */
export const RESET_ON_FORK = 0x40000000;
