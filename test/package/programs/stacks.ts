// Copied beside the installed package: prints the stacks of two errors.
import { FileActions, posixSpawnSync } from 'forkless';

const actions = new FileActions();
const stackOf = (call: () => unknown): string | undefined => {
  try {
    call();
  } catch (error) {
    return (error as Error).stack;
  }
  return undefined;
};
console.log(
  JSON.stringify([
    stackOf(() => posixSpawnSync('/missing', ['missing'])),
    stackOf(() => actions.addOpen(1, 'file', 'often' as 'r')),
  ]),
);
