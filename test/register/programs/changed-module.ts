import { say } from '../../support/in-program.js';
import { dropIn, warningsHaveCome } from './kit.js';
import { replaceable as cp, kept, warnings } from './observed.js';

await warningsHaveCome();
const ours: Record<string, unknown> = await import('forkless/child_process');
const { spawnSync } = ours['default'] as {
  spawnSync?: (file: string) => { error?: NodeJS.ErrnoException } | undefined;
};
const { before = {} } = kept;
say({
  changed: Object.keys(before).filter((name) => cp[name] !== before[name] && cp[name] !== ours[name]),
  works: spawnSync?.('/no/such/program')?.error?.code ?? null,
  ...dropIn(),
  warnings,
});
