import { invalidArgValue } from '../validate.js';
import { attribute } from './attribute.js';
import { boolean } from './codecs.js';

export interface PtraceOption {
  /**
   * true: the thread that calls is the tracer of the program, which stops at exec until native code on this thread continues
   * it. Not for synchronous functions. EPERM where tracing is forbidden. Default: false. Source: PTRACE_TRACEME in
   * ptrace(2).
   */
  ptrace?: boolean | undefined;
}

/** Its child is made by another thread, which would be the tracer. */
const ofOtherThread = ['pdeathsig', 'dieWithParent'];

export const ptrace = attribute<PtraceOption>()({
  name: 'ptrace',
  kind: 'attribute',
  doors: { posix: 'own', dropIn: 'own' },
  codec: boolean,
  right: () => [true, false],
  phase: 'promise',
  // From PTRACE_TRACEME to exec the child does not stop, so its tracer cannot reach into the memory that both share
  memory: 'shared',
  steps: (on) => (on ? [{ op: 'ptrace' }] : []),
  key: (on) => (on ? 't' : ''),
  contradictions: [
    {
      with: 'a synchronous function',
      refuse(name, given, on, _all, { synchronous }) {
        if (on && synchronous)
          throw invalidArgValue(name, given, 'stops the program that this call waits for');
      },
    },
    {
      with: 'pdeathsig',
      refuse(name, given, on, all) {
        const other = ofOtherThread.find((option) => all[option] !== undefined && all[option] !== false);
        if (on && other !== undefined)
          throw invalidArgValue(name, given, `cannot be used with ${other}: another thread makes that child`);
      },
    },
  ],
  trial: () => ({ ptrace: true }),
  documentation: {
    errors: 'EPERM of `ptrace`',
    shape: 'boolean',
    default: { posix: '`false`' },
    meaning:
      'The calling thread becomes the tracer, and the program stops at exec (SIGTRAP) until native code on that thread continues it. Not for synchronous functions, not with `pdeathsig`. [ptrace](posix-spawn.md#ptrace). PTRACE_TRACEME',
  },
  commandLine: null,
  like: { go: 'SysProcAttr.Ptrace' },
});
