import { noSettings } from '../attributes/door-defaults.js';
import { highestNamedByDropIn, stepsOfDropIn } from '../attributes/drop-in.js';
import type { Settings, Values } from '../attributes/settings.js';
import { planAssignment } from '../plan/assign.js';
import { compile, dropIn } from '../plan/compile.js';
import { searchPath } from '../plan/path-search.js';
import { standInsFor } from '../plan/stand-ins.js';
import { StepCache } from '../plan/step-cache.js';
import type { Plan, StandIns, Step } from '../plan/vocabulary.js';
import type { StartRequest } from './node-internals/start-request.js';
import { readRequest, setsIds } from './node-internals/start-request.js';

/** One descriptor of the child. */
export interface Slot {
  /** The descriptor of this process that it is made of; null: nothing, and /dev/null for 0–2. */
  readonly fd: number | null;
  /** It was open before this start: libuv clears O_NONBLOCK there. */
  readonly shared: boolean;
}

const { O_RDONLY, O_RDWR } = { O_RDONLY: 0, O_RDWR: 2 };
const STANDARD = 3;

/** What `highestNamedBy` has found, by all that it depends on. */
const highestNumbers = new StepCache<number>();

export function makePlan(request: StartRequest, slots: readonly Slot[], settings: Settings): Plan {
  const { file } = request;
  const { argv, environment, path, key, values: ofNode } = readRequest(request);
  const values = (): Values => ({ __proto__: null, ...settings.values, ...ofNode() });
  let standIns: StandIns | null = null;
  if (settings.key !== null) {
    const highest =
      settings === noSettings && !setsIds(request)
        ? -1
        : highestNumbers.get(`${key}\0${settings.key}`, () => highestNamedByDropIn(values()));
    standIns = standInsOf(slots, highest);
  }
  const named = standIns === null ? slots : withStandIns(slots, standIns);
  return compile(dropIn, {
    settings,
    key: settings.key === null ? null : keyOf(file, path, key, named, settings.key),
    argv,
    environment,
    slots: slots.length,
    standIns,
    attributes: () => stepsOfDropIn(values()),
    stdio: () => stdioSteps(named),
    candidates: () => (settings.searchesPath ? searchPath(file, path) : [file]),
  });
}

/** Of the sockets: what was open before this start mostly has the same number the next time. */
function standInsOf(slots: readonly Slot[], namedByAttributes: number): StandIns | null {
  const sockets: number[] = [];
  let highest = Math.max(slots.length - 1, namedByAttributes);
  for (const { fd, shared } of slots) {
    if (fd === null) continue;
    if (!shared) sockets.push(fd);
    else if (fd > highest) highest = fd;
  }
  return standInsFor(sockets, highest);
}

function withStandIns(slots: readonly Slot[], { standIns, numbers }: StandIns): readonly Slot[] {
  return slots.map((slot) =>
    slot.fd === null || slot.shared
      ? slot
      : { fd: standIns[numbers.indexOf(slot.fd)] as number, shared: false },
  );
}

/** No part but the last has a NUL in it, and there are always as many. */
function keyOf(file: string, path: string, start: string, slots: readonly Slot[], settings: string): string {
  let key = `${file}\0${file.includes('/') ? '' : path}\0${start}\0`;
  for (const { fd, shared } of slots) key += shared ? `${fd}s,` : `${fd},`;
  return settings === '' ? key : `${key}\0${settings}`;
}

function stdioSteps(slots: readonly Slot[]): Step[] {
  const steps = planAssignment(slots.map(({ fd }) => fd)).filter(({ op }) => op !== 'close');
  for (const [fd, slot] of slots.entries()) {
    if (fd >= STANDARD) break;
    if (slot.fd === null)
      steps.push({ op: 'open', fd, path: '/dev/null', flags: fd === 0 ? O_RDONLY : O_RDWR, mode: 0 });
    else if (slot.shared) steps.push({ op: 'set-blocking', fd });
  }
  return steps;
}
