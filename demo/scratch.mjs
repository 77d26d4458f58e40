import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export async function withScratchFolder(work) {
  const folder = mkdtempSync(path.join(tmpdir(), 'forkless-demo-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
