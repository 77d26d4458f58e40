/** Classes of input and output, by the kernel's number. Source: linux/ioprio.h. */
export const ioClasses: readonly string[] = ['none', 'realtime', 'best-effort', 'idle'];
/** In the kernel's number, the level has the bits below. */
export const IO_CLASS_SHIFT = 13;

/** Memory policies, by the kernel's number. Source: linux/mempolicy.h. */
export const numaModes: readonly string[] = ['default', 'preferred', 'bind', 'interleave', 'local'];
