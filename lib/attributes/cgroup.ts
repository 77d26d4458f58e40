import type { Bytes } from '../bytes.js';
import { snapshotOf } from '../file-actions.js';
import { targetOf } from '../plan/step-fields.js';
import type { Step } from '../plan/vocabulary.js';
import {
  checkBytes,
  checkEach,
  checkFd,
  invalidArgType,
  invalidArgValue,
  isUint8Array,
} from '../validate.js';
import { attribute, checkedValue } from './attribute.js';
import type { Codec } from './codecs.js';
import { notTexts, wrong } from './codecs.js';
import { fds } from './fds.js';
import { fileActions } from './file-actions.js';
import { ownCgroup } from './trial-values.js';

export interface CgroupOption {
  /**
   * The cgroup that the program is in from its first instruction on: the absolute path of its folder, or a descriptor of
   * that or of its cgroup.procs; an array where each hierarchy has its own (v1). `forkless/cgroup` makes some. Default:
   * that of this process. Source: cgroups(7).
   */
  cgroup?: Bytes | number | readonly (Bytes | number)[] | undefined;
}

type Place = Bytes | number;

const places: Codec<readonly Place[]> = {
  check(name, value) {
    if (!Array.isArray(value)) return [checkPlace(name, value)];
    if (value.length === 0) throw invalidArgValue(name, value, 'must not be empty');
    return checkEach(name, value, checkPlace);
  },
  wrong: () => [
    ...notTexts().filter(
      ({ value }) => typeof value !== 'number' && value !== undefined && !Array.isArray(value),
    ),
    wrong('ERR_OUT_OF_RANGE', 'a descriptor below 0', -1),
    wrong('ERR_OUT_OF_RANGE', 'a fraction', 0.5),
    wrong('ERR_INVALID_ARG_VALUE', 'nothing', []),
    wrong('ERR_INVALID_ARG_VALUE', 'an empty path', ''),
    wrong('ERR_INVALID_ARG_VALUE', 'a relative path', 'user.slice'),
    wrong('ERR_INVALID_ARG_VALUE', 'a null byte', '/sys\0'),
    wrong('ERR_INVALID_ARG_VALUE', 'a relative path as bytes', Uint8Array.of(0x61)),
    wrong('ERR_INVALID_ARG_VALUE', 'a relative path in an array', ['/sys', 'x'], '[1]'),
    wrong('ERR_INVALID_ARG_TYPE', 'null in an array', [null], '[0]'),
  ],
};

function checkPlace(name: string, value: unknown): Place {
  if (typeof value === 'number') return checkFd(name, value);
  if (typeof value !== 'string' && !isUint8Array(value))
    throw invalidArgType(name, 'of type string or number, or an instance of Uint8Array', value);
  const path = checkBytes(name, value);
  if (Buffer.from(path)[0] !== SLASH) throw invalidArgValue(name, value, 'must be an absolute path');
  return path;
}

const SLASH = 0x2f;
const PROCS = '/cgroup.procs';

function stepOf(place: Place): Step {
  if (typeof place === 'number') return { op: 'join-cgroup-fd', fd: place };
  const path = typeof place === 'string' ? `${place}${PROCS}` : Buffer.concat([place, Buffer.from(PROCS)]);
  return { op: 'join-cgroup', path };
}

/** Whether the child would find something else, or nothing, where this descriptor is when it joins. */
function isReplaced(fd: number, slots: number, actions: readonly Step[]): boolean {
  return (
    fd < slots ||
    actions.some((step) =>
      step.op === 'closefrom' ? fd >= step.lowFd : step.op !== 'inherit' && targetOf(step) === fd,
    )
  );
}

export const cgroup = attribute<CgroupOption>()({
  name: 'cgroup',
  kind: 'attribute',
  doors: { posix: 'own', dropIn: 'own' },
  codec: places,
  right: () => ['/sys/fs/cgroup', Uint8Array.of(SLASH), 7, ['/a', 8, Buffer.from('/b')]],
  phase: 'placement',
  memory: 'own',
  steps: (list) => list.map(stepOf),
  key: (list) => (list.some((place) => place instanceof Uint8Array) ? null : JSON.stringify(list)),
  contradictions: [
    {
      with: 'what the child opens or closes there',
      refuse(name, given, list, all, { stdioSlots }) {
        const slots = Math.max(stdioSlots, checkedValue(all, fds)?.length ?? 0);
        const actions = checkedValue(all, fileActions);
        const steps = actions === undefined ? [] : snapshotOf(actions);
        for (const place of list)
          if (typeof place === 'number' && isReplaced(place, slots, steps))
            throw invalidArgValue(name, given, `must not have ${place}, which the child opens or closes`);
      },
    },
  ],
  trial: () => ({ cgroup: ownCgroup() }),
  documentation: {
    errors: 'ENOENT, EACCES, EBUSY, EINVAL of `join-cgroup`, `join-cgroup-fd`',
    kernel: 'cgroups, v1 or v2',
    cost: 'own memory; 20 µs to 20 ms to [join](cgroup.md#the-option-cgroup)',
    shape: 'absolute path, descriptor, or an array of them',
    default: { posix: "the parent's" },
    meaning:
      'The cgroup in which the program begins: its folder, or a descriptor of that or of its cgroup.procs; for v1 one for each hierarchy. [cgroup.md](cgroup.md#the-option-cgroup)',
  },
  commandLine: {
    flags: [{ name: 'cgroup', value: 'DIR|FD' }],
    about: 'once for each hierarchy',
    parse: (given) => given.map(({ text }) => (/^\d+$/.test(text) ? Number(text) : text)),
  },
  like: { systemd: 'Slice=', go: 'SysProcAttr.CgroupFD' },
});
