import { readFileSync } from 'node:fs';
import os from 'node:os';

/** What a figure means nothing without. */
export function machine() {
  const [cpu] = os.cpus();
  return {
    node: process.version,
    kernel: os.release().match(/^[\d.]*\d/)?.[0] ?? os.release(),
    arch: process.arch,
    cpu: cpu?.model.trim() ?? 'unknown',
    cores: os.availableParallelism(),
    load: os.loadavg()[0],
    hugePages: setting('/sys/kernel/mm/transparent_hugepage/enabled'),
  };
}

export function machineLine({ node, kernel, arch, cpu, cores, load, hugePages }) {
  return `Node ${node}, Linux ${kernel} ${arch}, ${cpu} × ${cores}, load ${load.toFixed(1)}, huge pages: ${hugePages}`;
}

function setting(file) {
  try {
    return readFileSync(file, 'utf8').match(/\[(.*)\]/)?.[1] ?? 'unknown';
  } catch {
    return 'unknown';
  }
}
