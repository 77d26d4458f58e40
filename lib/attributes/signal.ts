import { invalidArgType, invalidArgValue } from '../validate.js';
import { attribute } from './attribute.js';
import type { Codec } from './codecs.js';
import { wrong } from './codecs.js';

export interface SignalOption {
  /**
   * Cancels the start, as long as its promise is not settled: the child is killed and reaped, and the promise rejects
   * with an AbortError. Refused by the synchronous functions: nothing could abort them. Default: none.
   */
  signal?: AbortSignal | undefined;
}

const abortSignal: Codec<AbortSignal> = {
  /** By the getter of its class, which knows its own: a look-alike may lack what is called on it later. */
  check(name, value) {
    try {
      Reflect.get(AbortSignal.prototype, 'aborted', value);
      return value as AbortSignal;
    } catch {
      throw invalidArgType(name, 'an instance of AbortSignal', value);
    }
  },
  wrong: () => {
    const likes = [null, 5, 'abort', true, {}, () => {}, { aborted: false, addEventListener: 5 }];
    const objects = [new EventTarget(), new AbortController(), Object.create(AbortSignal.prototype)];
    return [...likes, ...objects].map((value, index) =>
      wrong('ERR_INVALID_ARG_TYPE', `what is none (${index})`, value),
    );
  },
};

export const signal = attribute<SignalOption>()({
  name: 'signal',
  kind: 'option',
  doors: { posix: 'own', dropIn: 'node' },
  codec: abortSignal,
  right: () => [new AbortController().signal],
  phase: 'call',
  memory: 'shared',
  set(settings, cancel) {
    settings.cancel = cancel;
  },
  contradictions: [
    {
      with: 'a synchronous function',
      refuse(name, given, _cancel, _all, { synchronous }) {
        if (synchronous) throw invalidArgValue(name, given, 'cannot cancel a call that blocks this thread');
      },
    },
  ],
  documentation: {
    errors: 'AbortError',
    shape: '`AbortSignal`',
    default: { posix: 'none' },
    meaning: 'Cancels the start. Asynchronous functions only; elsewhere `ERR_INVALID_ARG_VALUE`.',
  },
  commandLine: null,
  like: { go: 'exec.CommandContext' },
});
