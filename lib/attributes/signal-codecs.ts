import { signalNumber, signalSet } from '../signals.js';
import type { Codec, Wrong } from './codecs.js';
import { wrong } from './codecs.js';
import { listOf } from './list-codecs.js';

const TYPE = 'ERR_INVALID_ARG_TYPE';
const VALUE = 'ERR_INVALID_ARG_VALUE';
const SIGNAL = 'ERR_UNKNOWN_SIGNAL';

/** A set of signals as a mask. */
export const signals: Codec<bigint> = {
  check: (name, value) => signalSet(name, value, false),
  wrong: () => listOf(signal).wrong(),
};

/** A set that SIGKILL and SIGSTOP cannot be in: they can be neither blocked nor ignored. */
export const changeableSignals: Codec<bigint> = {
  check: (name, value) => signalSet(name, value, true),
  wrong: () => [
    ...signals.wrong(),
    wrong(VALUE, 'SIGKILL', ['SIGKILL'], '[0]'),
    wrong(VALUE, 'SIGSTOP by number', ['SIGTERM', 19], '[1]'),
  ],
};

/** One signal, as its number. */
export const signal: Codec<number> = {
  check: (name, value) => signalNumber(value, name),
  wrong: () =>
    [
      ...notSignals,
      ...[null, undefined, 15n, Symbol('SIGTERM'), ['SIGTERM']].map((value) =>
        wrong(TYPE, typeof value === 'object' && value ? 'an array' : String(value), value),
      ),
    ].map((example) => (example.code === TYPE ? example : { ...example, says: String(example.value) })),
};

const notSignals: readonly Wrong[] = [
  wrong(SIGNAL, 'an unknown name', 'SIGNOPE'),
  wrong(SIGNAL, 'a name in small letters', 'sigterm'),
  wrong(SIGNAL, 'a name without SIG', 'TERM'),
  wrong(SIGNAL, 'an empty name', ''),
  wrong(SIGNAL, 'a name that every object has', 'constructor'),
  wrong(SIGNAL, 'a real-time name below the lowest', 'SIGRTMIN-1'),
  wrong(SIGNAL, 'a real-time name above the highest', 'SIGRTMIN+31'),
  wrong(SIGNAL, 'a real-time name that points outside', 'SIGRTMAX+1'),
  wrong(SIGNAL, '0 in a set', 0),
  wrong(SIGNAL, '-1', -1),
  wrong(SIGNAL, '65', 65),
  wrong(SIGNAL, '32, which is libc’s own', 32),
  wrong(SIGNAL, '33, which is libc’s own', 33),
  wrong(SIGNAL, 'a fraction', 1.5),
  wrong(SIGNAL, 'NaN', Number.NaN),
  wrong('ENOTSUP', 'a signal of other systems', 'SIGINFO'),
];
