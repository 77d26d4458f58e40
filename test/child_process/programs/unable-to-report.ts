// What the programs share whose child cannot report: the report pipe moves above the highest number that is named, so a
// filter for the numbers from 200 on forbids the report, and the rest may write.
import { FileActions } from 'forkless';

export const options = { fileActions: new FileActions().addClose(200), timeout: 5000 };

export function tell(error: unknown): object {
  const { code, errno, syscall, path, cause } = error as NodeJS.ErrnoException & {
    cause: { name: string; code: string; exitCode: number; step: string };
  };
  return { code, errno, syscall, path, cause: [cause.name, cause.code, cause.exitCode, cause.step] };
}

export function thrownBy(run: () => unknown): object | string {
  try {
    run();
    return 'nothing thrown';
  } catch (error) {
    return tell(error);
  }
}
