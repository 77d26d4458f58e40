import { binaryPath, binding } from '../binding.js';
import { isPassing } from '../passing.js';
import { unavailable } from '../platform.js';

/**
 * Loads the engine when the package is imported, because it reserves a few low descriptor numbers, which may be in use
 * later (docs/performance.md). Never throws; if the engine cannot be loaded, its first use throws.
 */
export function loadEarly(): void {
  if (unavailable() === null) loadingError();
}

/** Loads the engine. Returns why that failed, or null. */
export function loadingError(): string | null {
  try {
    binding();
    return null;
  } catch (error) {
    return reasonOf(error);
  }
}

/** The same, but throws the error if its cause may have passed at the next attempt. */
export function lastingLoadingError(): string | null {
  try {
    binding();
    return null;
  } catch (error) {
    if (isPassing(error)) throw error;
    return reasonOf(error);
  }
}

function reasonOf(error: unknown): string {
  return (error as { reason?: string }).reason ?? String(error);
}

/** Which native file is loaded, and how it has made children so far. */
export interface EngineState {
  readonly binary: string;
  /** 0: no child has been made yet. */
  readonly rung: number;
  /** How many children were made on rung 1, 2, 3 and 4. */
  readonly rungCounts: readonly number[];
  readonly flatCount: number;
  /** As `runner()` of the binding. */
  readonly runner: number;
  /** How many starts of the drop-in have not waited for exec. */
  readonly certainCount: number;
}

/** @throws where the engine cannot be loaded. */
export function engineState(): EngineState {
  const native = binding();
  return {
    binary: binaryPath(),
    rung: native.rung(),
    rungCounts: native.rungCounts(),
    flatCount: native.flatCount(),
    runner: native.runner(),
    certainCount: native.certainCount(),
  };
}
