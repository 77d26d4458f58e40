// Figures as people read them.

export function time(microseconds) {
  if (microseconds === undefined) return '–';
  if (microseconds < 999.5) return `${microseconds.toFixed(microseconds < 9.95 ? 1 : 0)} µs`;
  return milliseconds(microseconds / 1000);
}

export function milliseconds(value) {
  if (value === undefined) return '–';
  return `${value.toFixed(value < 9.95 ? 2 : value < 99.5 ? 1 : 0)} ms`;
}

export function count(value) {
  return value === undefined ? '–' : Math.round(value).toLocaleString('en-US');
}

/** Of a setting, which is a round number: 50 MB, 8 GB. */
export function size(megabytes) {
  return megabytes >= 1024 ? `${megabytes / 1024} GB` : `${megabytes} MB`;
}

export function megabytes(bytes) {
  return `${(bytes / 2 ** 20).toFixed(0)} MB`;
}

/** 1/19 below a half, else 0.78× or 14×. */
export function ratio(value) {
  if (value === undefined || !Number.isFinite(value)) return '–';
  if (value < 0.5) return `1/${(1 / value).toFixed(1 / value < 9.95 ? 1 : 0)}`;
  return `${value.toFixed(value < 9.95 ? 2 : 0)}×`;
}

/** p50 (p99) */
export function times(figure) {
  return figure ? `${time(figure.p50)} (${time(figure.p99)})` : '–';
}

export function spread(figure, format) {
  return figure?.spread ? figure.spread.map((value) => format(value)).join(' – ') : '–';
}
