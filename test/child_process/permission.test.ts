import { expect } from 'chai';
import { at } from '../support/paths.js';
import { major, sameScript } from './oracle.js';

const flag =
  major >= 24 || (major === 22 && Number(process.versions.node.split('.')[1]) >= 13)
    ? '--permission'
    : '--experimental-permission';

const tryAll = `
  const tell = (what, { name, code, message, permission, resource, ...rest }) => console.log(what, name, code, permission, resource, Object.keys(rest).join());
  for (const [name, args] of [['spawn', ['/bin/true']], ['spawn', ['/no/such']], ['exec', ['true']], ['execFile', ['/bin/true']], ['fork', ['/dev/null']], ['spawn', ['']]])
    try { const child = cp[name](...args); child.on('error', (error) => tell(name + ' event', error)); child.on('exit', (...end) => console.log(name, ...end)); console.log(name, 'returned'); }
    catch (error) { tell(name + ' threw', error); }
  import { promisify } from 'node:util';
  try { await promisify(cp.exec)('true').catch((error) => tell('promise', error)); } catch (error) { tell('promise threw', error); }`;

describe('the permission model', () => {
  sameScript(
    'forbids children',
    tryAll,
    ({ stdout }) => expect(stdout).to.match(/spawn threw Error ERR_ACCESS_DENIED ChildProcess/),
    {
      nodeArgs: [flag, `--allow-fs-read=${at('')}*`, '--allow-fs-read=*', '--no-warnings'],
    },
  );
  sameScript('allows children', tryAll, ({ stdout }) => expect(stdout).to.match(/spawn returned/), {
    nodeArgs: [flag, '--allow-fs-read=*', '--allow-child-process', '--no-warnings'],
    anyOrder: true,
  });
  sameScript(
    'goes on in children, where this Node hands it on',
    `const child = cp.spawn(process.execPath, ['-p', 'process.execArgv + process.env.NODE_OPTIONS + Boolean(process.permission)'], { stdio: ['ignore', 'pipe', 'inherit'], env: { A: 'b' } });
     for await (const text of child.stdout) process.stdout.write(text);`,
    ({ stdout }) => expect(stdout).to.match(/(true|false)\n$/),
    { nodeArgs: [flag, '--allow-fs-read=*', '--allow-child-process', '--no-warnings'] },
  );
});
