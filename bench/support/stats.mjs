// Percentiles of a list, and how far they stray from block to block: a figure without its spread says little.

export function percentile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

/** Of blocks of samples: the percentiles over all of them, and the lowest and highest median of a block. */
export function summarize(blocks) {
  const all = ascending(blocks.flat());
  const medians = ascending(blocks.map((block) => percentile(ascending(block), 0.5)));
  return {
    count: all.length,
    p50: percentile(all, 0.5),
    p99: percentile(all, 0.99),
    spread: [medians[0], medians.at(-1)],
  };
}

function ascending(list) {
  return [...list].sort((a, b) => a - b);
}
