// Percentiles of a list, and how far they stray from block to block: a figure without its spread says little.

/** Of blocks of samples: the percentiles over all of them, and the lowest and highest median of a block. */
export function summarize(blocks) {
  const all = ascending(blocks.flat());
  const medians = ascending(blocks.map(median));
  return {
    count: all.length,
    p50: percentile(all, 0.5),
    p90: percentile(all, 0.9),
    p99: percentile(all, 0.99),
    spread: [medians[0], medians.at(-1)],
  };
}

/** Adds each figure, or list of figures, as one more block to the blocks of its name. */
export function addBlocks(blocks, figures) {
  for (const [name, value] of Object.entries(figures)) {
    const block = [value].flat();
    if (block.length === 0) continue;
    blocks[name] ??= [];
    blocks[name].push(block);
  }
}

export function median(list) {
  return percentile(ascending(list), 0.5);
}

function percentile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

function ascending(list) {
  return [...list].sort((a, b) => a - b);
}
