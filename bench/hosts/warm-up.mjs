// A program that starts one process is not in a hurry; one that starts many has compiled code.

import { rate } from './tasks/rate.mjs';
import { end } from './tasks/start.mjs';

const MILLISECONDS = 150;
const program = '/bin/true';

export async function warmUp(ways) {
  for (const way of ways) {
    const until = performance.now() + MILLISECONDS;
    while (performance.now() < until) await end(way, way.call(program));
    if (way.ended) await rate({ way }, 'way', 16, MILLISECONDS);
  }
}
