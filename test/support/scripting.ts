// For the scripts of runNode, startNode and runWorker: the names below are global in them.
import { writeSync } from 'node:fs';
import { meddle } from './meddle.js';
import { askProbe, askProbeByPipe, probeArgv, probePath } from './probe.js';
import {
  childrenOf,
  isGone,
  openDescriptors,
  reservedNumbers,
  stateOf,
  stuckChildren,
  threadTimes,
} from './proc.js';
import { makeFifo, tempPath } from './temp.js';
import { until } from './until.js';

/** A line of JSON on stdout, at once: it is out even if the process dies next. */
function say(value: unknown): void {
  writeSync(1, `${JSON.stringify(value)}\n`);
}

Object.assign(globalThis, {
  askProbe,
  askProbeByPipe,
  childrenOf,
  isGone,
  makeFifo,
  meddle,
  openDescriptors,
  probeArgv,
  probePath,
  reservedNumbers,
  say,
  stateOf,
  stuckChildren,
  tempPath,
  threadTimes,
  until,
});
