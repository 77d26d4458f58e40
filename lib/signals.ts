import { builtin } from './builtin.js';
import { withFields } from './own.js';
import { checkEach, invalidArgType, invalidArgValue, unknownSignal } from './validate.js';

const { constants } = builtin('node:os');

/**
 * A signal: `'SIGTERM'`, a real-time one as `'SIGRTMIN+3'` or `'SIGRTMAX-1'`, or the number, 1 … 31 and 34 … 64 (32 and
 * 33 belong to the C library). Anything else is `ERR_UNKNOWN_SIGNAL`; a signal that only other systems have is
 * `ENOTSUP`. Source: signal(7).
 */
export type Signal =
  | NodeJS.Signals
  | `SIGRTMIN${'' | `+${number}`}`
  | `SIGRTMAX${'' | `-${number}`}`
  | number;

/** The C library uses 32 and 33 itself; real-time signals of programs start after them. */
const REALTIME_LOWEST = 34;
const REALTIME_HIGHEST = 64;
const LAST_STANDARD = 31;

/** Signals that exist on other systems but not on Linux. */
const FOREIGN = new Set(['SIGEMT', 'SIGINFO', 'SIGLOST', 'SIGBREAK', 'SIGTHR', 'SIGLIBRT']);

const numbers = new Map<string, number>(Object.entries(constants.signals));
const names = new Map<number, string>();
for (const [name, number] of numbers) if (!names.has(number)) names.set(number, name);
// SIGABRT and SIGIOT share a number, and so do SIGIO and SIGPOLL. Node reports these names.
names.set(6, 'SIGABRT');
names.set(29, 'SIGIO');

/**
 * The number of a signal.
 * @throws `ENOTSUP` for a signal that only other systems have, `ERR_UNKNOWN_SIGNAL` for anything else that is no
 *   signal.
 */
export function signalNumber(signal: unknown, name = 'signal'): number {
  if (typeof signal === 'number') {
    if (names.has(signal) || isRealtime(signal)) return signal;
    throw unknownSignal(signal);
  }
  if (typeof signal !== 'string') throw invalidArgType(name, 'of type string or number', signal);
  const known = numbers.get(signal) ?? realtimeNumber(signal);
  if (known !== undefined) return known;
  if (FOREIGN.has(signal))
    throw withFields(new Error(`The signal ${signal} does not exist on Linux`), { code: 'ENOTSUP' });
  throw unknownSignal(signal);
}

/** The name of a signal's number; real-time signals count from SIGRTMIN. */
export function signalName(number: number): NodeJS.Signals {
  const distance = number - REALTIME_LOWEST;
  const realtime = distance > 0 ? `SIGRTMIN+${distance}` : distance === 0 ? 'SIGRTMIN' : `SIG${number}`;
  return (names.get(number) ?? realtime) as NodeJS.Signals;
}

/** As Node names the signal that ended a child; '' for a real-time signal. */
export function nodeSignalName(number: number): string {
  return number > LAST_STANDARD ? '' : signalName(number);
}

function isRealtime(number: number): boolean {
  return Number.isInteger(number) && number >= REALTIME_LOWEST && number <= REALTIME_HIGHEST;
}

function realtimeNumber(name: string): number | undefined {
  const match = /^SIGRT(MIN|MAX)(?:([+-])(\d{1,2}))?$/.exec(name);
  if (!match) return undefined;
  const [, end, sign, digits = '0'] = match;
  const number = end === 'MIN' ? REALTIME_LOWEST + Number(digits) : REALTIME_HIGHEST - Number(digits);
  const isTowardsRange = sign === undefined || sign === (end === 'MIN' ? '+' : '-');
  return isTowardsRange && isRealtime(number) ? number : undefined;
}

/** Bit n-1 is signal n. */
export function signalBit(number: number): bigint {
  return 1n << BigInt(number - 1);
}

/** All signals whose action can be set: not SIGKILL and SIGSTOP. */
export const ALL_SIGNALS = ((1n << 64n) - 1n) & ~signalBit(9) & ~signalBit(19);

/**
 * A set of signals as a mask.
 * @param refuseFixed throws for SIGKILL and SIGSTOP, which cannot be blocked or ignored
 */
export function signalSet(name: string, value: unknown, refuseFixed: boolean): bigint {
  const numbers = checkEach(name, value, (entryName, entry) => {
    const number = signalNumber(entry, entryName);
    if (refuseFixed && (number === 9 || number === 19))
      throw invalidArgValue(entryName, entry, 'can be neither blocked nor ignored');
    return number;
  });
  return numbers.reduce((set, number) => set | signalBit(number), 0n);
}

/** The signals of a mask, by name, lowest first. */
export function signalNames(set: bigint): string[] {
  const list: string[] = [];
  for (let number = 1; number <= 64; number++) if (set & signalBit(number)) list.push(signalName(number));
  return list;
}
