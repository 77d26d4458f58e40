// For the scripts of runNode, startNode and runWorker: the names below are global in them.
import { say } from './in-program.js';
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
