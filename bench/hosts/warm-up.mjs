// A program that starts one process is not in a hurry; one that starts many has compiled code. It has also started the
// same file before: the drop-in waits for exec until it has seen that file begin once, and while the file is younger
// than a minute.

import { rate } from './tasks/rate.mjs';
import { end } from './tasks/start.mjs';

const program = '/bin/true';

export async function warmUp(ways, milliseconds = 150) {
  for (const way of ways) {
    const until = performance.now() + milliseconds;
    while (performance.now() < until) await end(way, way.call(program));
    if (way.ended) await rate({ way }, 'way', 16, milliseconds);
  }
}
