import { attribute } from './attribute.js';
import { boolean } from './codecs.js';

export interface WaitForExecOption {
  /**
   * true: `spawn`, `exec`, `execFile` and `fork` return when the program runs, or throw or fail at once, also where its
   * exec is as good as certain. Default: false. The synchronous functions always wait.
   */
  waitForExec?: boolean | undefined;
}

export const waitForExec = attribute<WaitForExecOption>()({
  name: 'waitForExec',
  kind: 'option',
  doors: { posix: 'none', dropIn: 'own' },
  codec: boolean,
  right: () => [true, false],
  phase: 'call',
  memory: 'shared',
  set(settings, on) {
    settings.alwaysWaits = on;
  },
  documentation: {
    shape: 'boolean',
    default: { posix: '`false`' },
    meaning:
      'true: `spawn`, `exec`, `execFile` and `fork` never return before the program runs. [Where it waits](#where-it-waits)',
  },
  commandLine: null,
  like: {},
});
