import { attributes } from './attributes.js';
import type { Checks } from './checks.js';
import { descriptors } from './descriptors.js';
import { failures } from './failures.js';
import { startAndEnd } from './start-and-end.js';
import { workers } from './workers.js';

export const checks: Checks = { ...startAndEnd, ...descriptors, ...attributes, ...failures, ...workers };
