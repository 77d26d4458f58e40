import { expect } from 'chai';
import { at } from '../support/paths.js';
import { major, sameProgram, sameScript } from './oracle.js';

const flag =
  major >= 24 || (major === 22 && Number(process.versions.node.split('.')[1]) >= 13)
    ? '--permission'
    : '--experimental-permission';

describe('the permission model', () => {
  sameProgram(
    'forbids children',
    'permission',
    ({ stdout }) => expect(stdout).to.match(/spawn threw Error ERR_ACCESS_DENIED ChildProcess/),
    {
      nodeArgs: [flag, `--allow-fs-read=${at('')}*`, '--allow-fs-read=*', '--no-warnings'],
    },
  );
  sameProgram('allows children', 'permission', ({ stdout }) => expect(stdout).to.match(/spawn returned/), {
    nodeArgs: [flag, '--allow-fs-read=*', '--allow-child-process', '--no-warnings'],
    anyOrder: true,
  });
  sameScript(
    'applies to children, where this Node passes it on',
    `const child = cp.spawn(process.execPath, ['-p', 'process.execArgv + process.env.NODE_OPTIONS + Boolean(process.permission)'], { stdio: ['ignore', 'pipe', 'inherit'], env: { A: 'b' } });
     for await (const text of child.stdout) process.stdout.write(text);`,
    ({ stdout }) => expect(stdout).to.match(/(true|false)\n$/),
    { nodeArgs: [flag, '--allow-fs-read=*', '--allow-child-process', '--no-warnings'] },
  );
});
