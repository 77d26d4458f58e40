import { accessSync, constants } from 'node:fs';
import { expect } from 'chai';
import { fdRun } from '../support/launchers.js';
import { at } from '../support/paths.js';
import { runNodeForValue } from '../support/run-node.js';
import { meddleUrl, needLinux } from './flat-crowd.js';

describe('a child that hangs while it closes what nobody named', () => {
  before(function () {
    needLinux(this, 5, 9);
    if (canMount()) return;
    console.error('SKIPPED: needs root and /dev/fuse');
    this.skip();
  });

  for (const [what, options] of [
    ['flat', '{}'],
    ['plain', '{ uid: 0 }'],
  ] as const)
    it(`holds no pipe that a neighbour was lent: ${what}`, async () => {
      const result = await runNodeForValue(
        `
        import { spawn } from 'node:child_process';
        import { once } from 'node:events';
        import { closeSync, openSync, read } from 'node:fs';
        import { features, openPipe, posixSpawn } from 'forkless';
        import { tables } from '${meddleUrl}';
        const argv = probeArgv('exit', 7);
        const start = (options) => posixSpawn(probePath, argv, { cloexecDefault: true, ...options });
        const codeOf = async (child) => (await (await child).exited).code;
        await codeOf(start());
        await codeOf(start()); // flat, and so not waited for any more

        const folder = tempPath('hanging');
        const server = spawn('python3', ['${at('test/native/helpers/hanging_fs.py')}', folder], { stdio: ['pipe', 'pipe', 'inherit'] });
        const closed = once(server, 'close');
        let said = '';
        server.stdout.on('data', (text) => { said += text; });
        await until('it is mounted', () => said.includes('ready'));
        const [readFd, writeFd] = openPipe();
        closeSync(3);
        const file = openSync(folder + '/file', 'r'); // lower than the reserve, and so closed first

        tables.installHold();
        tables.holdNext(1);
        const neighbour = start({ fds: [null, writeFd] });
        const [pid] = await until('it is held', () => tables.heldStarts().length > 0 && tables.heldStarts());
        closeSync(writeFd);
        const flatBefore = features().flat;
        const hanging = start(${options});
        const flat = features().flat - flatBefore;
        await until('it hangs', () => said.includes('hangs'));
        tables.letGo(pid);
        const codes = [await codeOf(neighbour)];
        let end;
        read(readFd, Buffer.alloc(1), 0, 1, null, (error, count) => { end = error ?? count; });
        await until('the pipe ends', () => end !== undefined);
        server.stdin.end();
        codes.push(await codeOf(hanging));
        await closed;
        say({ file, flat, end, codes });
      `,
        { env: { FORKLESS_FLAT: 'always' }, launcher: fdRun('3') },
      );
      expect(result).to.deep.equal({ file: 3, flat: what === 'flat' ? 1 : 0, end: 0, codes: [7, 7] });
    });
});

function canMount(): boolean {
  try {
    accessSync('/dev/fuse', constants.W_OK);
    return process.getuid?.() === 0;
  } catch {
    return false;
  }
}
