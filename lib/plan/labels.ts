/** Labels of security modules, as lsm_set_self_attr(2) takes them: struct lsm_ctx, a header and the text. */

export const SELINUX = 101;
export const APPARMOR = 104;
const HEADER_SIZE = 32;

/** @param module the kernel's number of it */
export function encodeLabel(module: number, text: string): Uint8Array {
  const bytes = Buffer.from(text);
  const size = BigInt(bytes.length);
  // module, flags, size of all, size of the text
  const header = BigUint64Array.of(BigInt(module), 0n, BigInt(HEADER_SIZE) + size, size);
  return Buffer.concat([new Uint8Array(header.buffer), bytes]);
}

export function textOfLabel(label: Uint8Array): Uint8Array {
  return label.subarray(HEADER_SIZE);
}
