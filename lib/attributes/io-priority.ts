import { IO_CLASS_SHIFT, ioClasses } from '../plan/scheduling-names.js';
import { checkInteger, checkObject, invalidArgType, invalidArgValue } from '../validate.js';
import { attribute } from './attribute.js';
import type { Codec } from './codecs.js';
import { wrong } from './codecs.js';
import { readFields } from './fields.js';
import { asNumber, flag } from './flags.js';

/** Source: ioprio_set(2). */
export interface IoPriority {
  /** `'realtime'` needs CAP_SYS_ADMIN or CAP_SYS_NICE, else EPERM. */
  readonly class: 'realtime' | 'best-effort' | 'idle';
  /** 0 (first) … 7. Default: 4. `'idle'` has none. */
  readonly level?: number | undefined;
}

export interface IoPriorityOption {
  /**
   * Scheduling class and level of input and output. EPERM for `'realtime'` without CAP_SYS_ADMIN and CAP_SYS_NICE.
   * Default: that of the calling thread; if it has none, the kernel derives it from the nice value. Source: ioprio_set(2).
   */
  ioPriority?: IoPriority | undefined;
}

const keys = ['class', 'level'];
const classes = ioClasses.slice(1);
const DEFAULT_LEVEL = 4;

const ioPriorities: Codec<number> = {
  check(name, value) {
    const [kind, level] = readFields(checkObject(name, value), keys, () =>
      invalidArgValue(name, value, 'must have class and level only'),
    );
    if (typeof kind !== 'string') throw invalidArgType(`${name}.class`, 'of type string', kind);
    const number = classes.indexOf(kind) + 1;
    if (number === 0) throw invalidArgValue(`${name}.class`, kind, `must be one of ${classes.join(', ')}`);
    if (level !== undefined && kind === 'idle')
      throw invalidArgValue(`${name}.level`, level, 'must be absent for the class idle');
    const checked = level === undefined ? DEFAULT_LEVEL : checkInteger(`${name}.level`, level, 0, 7);
    return (number << IO_CLASS_SHIFT) | (kind === 'idle' ? 0 : checked);
  },
  wrong: () => [
    ...[null, 5, 'idle', true, [], ['idle']].map((value) =>
      wrong('ERR_INVALID_ARG_TYPE', `${JSON.stringify(value)}`, value),
    ),
    wrong('ERR_INVALID_ARG_TYPE', 'no class', { level: 4 }, '.class'),
    wrong('ERR_INVALID_ARG_TYPE', 'a class as number', { class: 2 }, '.class'),
    wrong('ERR_INVALID_ARG_VALUE', 'an unknown class', { class: 'none' }, '.class'),
    wrong('ERR_INVALID_ARG_VALUE', 'a level of idle', { class: 'idle', level: 7 }, '.level'),
    wrong('ERR_INVALID_ARG_TYPE', 'a level as text', { class: 'best-effort', level: '1' }, '.level'),
    wrong('ERR_OUT_OF_RANGE', 'a level below 0', { class: 'best-effort', level: -1 }, '.level'),
    wrong('ERR_OUT_OF_RANGE', 'a level above 7', { class: 'realtime', level: 8 }, '.level'),
    wrong('ERR_OUT_OF_RANGE', 'a fraction', { class: 'realtime', level: 0.5 }, '.level'),
    wrong('ERR_INVALID_ARG_VALUE', 'another key', { class: 'idle', priority: 1 }),
  ],
};

export const ioPriority = attribute<IoPriorityOption>()({
  name: 'ioPriority',
  kind: 'attribute',
  doors: { posix: 'own', dropIn: 'own' },
  codec: ioPriorities,
  right: () => [{ class: 'idle' }, { class: 'best-effort', level: 7 }, { class: 'realtime' }],
  phase: 'scheduling',
  memory: 'shared',
  key: (priority) => `${priority}`,
  steps: (priority) => [{ op: 'io-priority', priority }],
  trial: () => ({ ioPriority: { class: 'best-effort', level: 7 } }),
  documentation: {
    errors: 'EPERM of `io-priority`',
    shape: '`{ class, level? }`',
    default: { posix: "the calling thread's" },
    meaning:
      "Scheduling of input and output (type `IoPriority`): class `'realtime'`, `'best-effort'` or `'idle'`; level 0 … 7, by default 4, none with `'idle'`. EPERM for `'realtime'` without the right to it. ioprio_set(2)",
  },
  commandLine: { ...flag('io-priority', 'CLASS:LEVEL', parse), about: 'idle, best-effort:7' },
  like: { systemd: 'IOSchedulingClass=, IOSchedulingPriority=', utilLinux: 'ionice' },
});

/** Whether it is a class is for the codec to find out. */
function parse(text: string, name: string): IoPriority {
  const [kind, ...levels] = text.split(':');
  const given = { class: kind as IoPriority['class'] };
  return levels.length === 0 ? given : { ...given, level: asNumber(levels.join(':'), name) };
}
