import type { Settings } from '../attributes/settings.js';
import { stepsOf } from '../attributes/steps.js';
import type { Bytes } from '../bytes.js';
import { compile, posix } from '../plan/compile.js';
import type { Plan, PlanEnvironment, Step } from '../plan/vocabulary.js';

const none: readonly Step[] = [];

export function makePlan(candidates: readonly Bytes[], argv: readonly Bytes[], settings: Settings): Plan {
  return compile(posix, {
    settings,
    key: settings.key === null ? null : keyOf(settings.key, candidates),
    argv,
    environment: settings.environment as PlanEnvironment,
    slots: settings.slots,
    standIns: null,
    attributes: () => stepsOf('posix', settings.values),
    stdio: () => none,
    candidates: () => candidates,
  });
}

/** No text in it has a NUL, and how many candidates there are comes first: so no two starts have one key. */
function keyOf(settings: string, candidates: readonly Bytes[]): string | null {
  let key = `${candidates.length}`;
  for (const path of candidates) {
    if (typeof path !== 'string') return null;
    key += `\0${path}`;
  }
  return `${key}\0${settings}`;
}
