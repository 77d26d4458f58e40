import type { Examined, Verdict } from './doctor-report.js';
import { rungTexts } from './doctor-report.js';

/** From here on a start costs more than on the rungs before. */
const FIRST_SLOW_RUNG = 3;

export function verdictOf(examined: Examined): Verdict {
  const error = errorIn(examined);
  if (error !== null) return { status: 'error', problems: [error] };
  const problems = [slowness(examined), dropInProblem(examined)].filter((text) => text !== null);
  return { status: problems.length === 0 ? 'ok' : 'warning', problems };
}

/** Why no process can be started; null if they can. */
function errorIn({ features: { reason }, startsOn, forcedRung, rungs }: Examined): string | null {
  if (reason !== null) return `forkless cannot start processes here: ${reason}`;
  if (startsOn !== null) return null;
  if (forcedRung === null) return `forkless cannot start processes here: ${rungs[0]?.error}`;
  return `FORKLESS_RUNG=${forcedRung} is set, but rung ${forcedRung} does not work here: ${rungs[forcedRung - 1]?.error}`;
}

function slowness({ startsOn, forcedRung, rungs }: Examined): string | null {
  if (startsOn === null || startsOn < FIRST_SLOW_RUNG) return null;
  const how = `rung ${startsOn} (${rungTexts[startsOn - 1]})`;
  return forcedRung === null
    ? `starts are slow here, on ${how}: the faster ways are refused (${rungs[0]?.error})`
    : `starts are slower than they could be: FORKLESS_RUNG=${forcedRung} forces ${how}`;
}

function dropInProblem({ runtime, features: { childProcess } }: Examined): string | null {
  const { backend, reason } = childProcess;
  if (reason === null) return null;
  return backend === 'node'
    ? `forkless/child_process has ${ownFunctions(runtime)} here: ${reason}`
    : `some starts do not reach the engine: ${reason}`;
}

/** Whose they are where the engine is not used. */
export function ownFunctions(runtime: string): string {
  return `${runtime.split(' ', 1)[0]}'s own functions`;
}
