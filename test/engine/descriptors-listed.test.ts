import { expect } from 'chai';
import { seccompRun } from '../support/launchers.js';
import { runNodeForValue } from '../support/run-node.js';

// Where close_range is refused the child reads its table in /proc, by a descriptor of its own: nobody's source later.
describe('a sweep without close_range', () => {
  for (const error of ['ENOSYS', 'EPERM'])
    it(`by ${error}: leaves no number open that the program's caller could then read from`, async () => {
      const script = `
        import { FileActions, posixSpawnSync } from 'forkless';
        import { lowestFree } from '${new URL('../support/descriptor-table.js', import.meta.url).href}';
        const outcome = async (options) => {
          try {
            return (await posixSpawnSync(probePath, probeArgv('exit', 0), options).exited).code;
          } catch ({ code, step, fd }) {
            return code + ' at ' + step + ' of ' + fd;
          }
        };
        const found = {};
        await outcome({ cloexecDefault: true });
        for (const fd of lowestFree(5))
          found[fd] = await outcome({ cloexecDefault: true, fileActions: new FileActions().addDup2(fd, 1) });
        say(found);
      `;
      const found = await runNodeForValue<Record<string, unknown>>(script, {
        launcher: seccompRun(`close_range=${error}`),
      });
      const numbers = Object.keys(found);
      expect(numbers).to.have.length(5);
      expect(found).to.deep.equal(Object.fromEntries(numbers.map((fd) => [fd, `EBADF at dup2 of ${fd}`])));
    });
});
