import { execFileSync } from 'node:child_process';

/** Whether there is the program that simple-git runs. */
export function hasGit(): boolean {
  try {
    execFileSync('git', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
