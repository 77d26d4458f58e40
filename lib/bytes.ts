/**
 * A Linux name: a string (sent as UTF-8), or the bytes themselves where UTF-8 cannot spell it. Without null bytes, else
 * `ERR_INVALID_ARG_VALUE`. Bytes are copied when they are handed over.
 */
export type Bytes = string | Uint8Array;
