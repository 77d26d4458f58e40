// Percentiles of a list, and how far they stray from block to block: a figure without its spread says little.

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

/** Adds each figure, or list of figures, as one more block to the blocks of its name. */
export function addBlocks(blocks, figures) {
  for (const [name, value] of Object.entries(figures)) {
    const block = [value].flat();
    if (block.length === 0) continue;
    blocks[name] ??= [];
    blocks[name].push(block);
  }
}

function percentile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

function ascending(list) {
  return [...list].sort((a, b) => a - b);
}
