// A goal: {what, unit, measured, spread, goal}. What was not measured is undefined.

/** The spread of a ratio is that of its parts at their worst and best. */
export function ratio(what, goal, above, below) {
  if (!above || !below) return undefined;
  const spread = [above.spread[0] / below.spread[1], above.spread[1] / below.spread[0]];
  return { what, unit: '×', measured: above.p50 / below.p50, spread, goal };
}

/** Microseconds. */
export function absolute(what, goal, figure) {
  return figure && { what, unit: 'µs', measured: figure.p50, spread: figure.spread, goal };
}

/** One percentile to another: over all rounds. */
export function percentiles(what, goal, above, below) {
  if (!above || !below) return undefined;
  return { what, unit: '×', measured: above / below, goal };
}

/** The key of the C way with the most starts a second: the physical limit of one loop. */
export function bestOfC(point) {
  const rate = (way) => point?.ways[way]?.perSecond?.p50 ?? 0;
  return ['posix_spawn', 'vfork', 'fork'].toSorted((a, b) => rate(b) - rate(a))[0];
}
