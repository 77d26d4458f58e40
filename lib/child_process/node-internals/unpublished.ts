import { builtin } from '../../builtin.js';

const { channel } = builtin('node:diagnostics_channel');

/** Where Node publishes what its ChildProcess does: the second group is that of a tracing channel (Node 24.22, 26). */
const names = [
  'child_process',
  ...['start', 'end', 'error'].map((name) => `tracing:child_process.spawn:${name}`),
];

/**
 * Runs `run`, during which nothing is published on these channels. Subscribers of the program (agents that count or log
 * starts) must not see a start that is none.
 */
export function unpublished<T>(run: () => T): T {
  const channels = names.map((name) => channel(name));
  try {
    for (const each of channels)
      for (const [name, value] of silence)
        Reflect.defineProperty(each, name, {
          __proto__: null,
          value,
          configurable: true,
        } as PropertyDescriptor);
    return run();
  } finally {
    for (const each of channels) for (const [name] of silence) Reflect.deleteProperty(each, name);
  }
}

const silence: readonly [string, unknown][] = [
  ['hasSubscribers', false],
  ['publish', () => {}],
];
