import { Buffer } from 'node:buffer';
import { openSync } from 'node:fs';
import { openDescriptors, residentMemory } from '../support/process-state.mjs';

const PIECE = 64 * 2 ** 20;
const PAGE = 4096;

/** Fills up to so much resident memory and so many open descriptors; what is more already stays. */
export function occupy(bytes, descriptors) {
  for (let open = openDescriptors().length; open < descriptors; open++) openSync('/dev/null', 'r');
  return touch(Math.max(0, bytes - residentMemory()));
}

/** Every page written: the kernel gives memory only then. */
function touch(bytes) {
  const pieces = [];
  for (let missing = bytes; missing > 0; missing -= PIECE) {
    const piece = Buffer.allocUnsafeSlow(Math.min(PIECE, missing));
    for (let at = 0; at < piece.length; at += PAGE) piece[at] = 1;
    pieces.push(piece);
  }
  return pieces;
}
