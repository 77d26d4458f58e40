// Many starts in one turn of the event loop: how long they hold it together.
import { end } from './start.mjs';

const program = '/bin/true';

/** @returns {Promise<{burst: number}>} microseconds */
export async function burst(ways, name, starts) {
  const way = ways[name];
  const begin = performance.now();
  const called = Array.from({ length: Number(starts) }, () => way.call(program));
  const held = (performance.now() - begin) * 1000;
  await Promise.all(called.map((one) => end(way, one)));
  return { burst: held };
}
