import { binding } from '../binding.js';

/** Pseudo terminals, and what is known of a terminal. A call that fails returns -errno. */

/** Master and slave, both close-on-exec, and the slave's number in /dev/pts. */
export function openPty(rows: number, columns: number): readonly [number, number, number] | number {
  const numbers = new Int32Array(3);
  const error = binding().openPty(numbers, rows, columns);
  return error < 0 ? error : [numbers[0] as number, numbers[1] as number, numbers[2] as number];
}

export function windowSize(fd: number): readonly [rows: number, columns: number] | number {
  const numbers = new Int32Array(2);
  const error = binding().windowSize(fd, numbers);
  return error < 0 ? error : [numbers[0] as number, numbers[1] as number];
}

export function setWindowSize(fd: number, rows: number, columns: number): number {
  return binding().setWindowSize(fd, rows, columns);
}

export function foregroundGroup(fd: number): number {
  return binding().foregroundGroup(fd);
}
