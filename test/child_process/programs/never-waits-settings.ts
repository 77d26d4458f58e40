// What a program changes of the settings of a child, or of itself, right after `spawn`.
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { tempPath } from '../../support/temp.js';
import { cp } from './door.js';
import { letGo, startHeld } from './gate.js';
import { storyOf, tellAll } from './story.js';

/** Runs `act` right after the start. The shell carries out its script only then. */
async function after(start: () => ChildProcess, act: (child: ChildProcess) => void) {
  const child = startHeld(start, 1, 'any');
  act(child);
  letGo();
  const story = storyOf(child);
  child.stdin?.end('go\n');
  return story;
}

const sh =
  (script: string, options: object = {}) =>
  () =>
    cp.spawn('/bin/sh', ['-c', `read go; ${script}`], options);

function folderWith(file: string): string {
  const folder = tempPath('folder');
  mkdirSync(folder);
  writeFileSync(`${folder}/${file}`, '');
  return folder;
}

function failing(cwd: string): () => unknown {
  return async () => {
    let child: ChildProcess;
    try {
      child = cp.spawn('/bin/cat', { cwd });
    } catch (error) {
      return { thrown: (error as Error).message };
    }
    const { pid } = child;
    return { pid: pid === undefined ? 'none' : 'some', events: (await storyOf(child)).events };
  };
}

// The first start of all never shares the descriptor table.
cp.spawnSync('/bin/true');

await tellAll({
  'cwd is renamed': () => {
    const folder = folderWith('inside');
    return after(sh('ls', { cwd: folder }), () => renameSync(folder, `${folder}-moved`));
  },
  'cwd is removed': () => {
    const folder = tempPath('folder');
    mkdirSync(folder);
    // The shell may or may not have come to miss it by then, and says so on stderr.
    return after(sh('ls; echo listed', { cwd: folder, stdio: ['pipe', 'pipe', 'ignore'] }), () =>
      rmSync(folder, { recursive: true }),
    );
  },
  'cwd is replaced': () => {
    const folder = folderWith('old');
    return after(sh('ls', { cwd: folder }), () => {
      renameSync(folder, `${folder}-moved`);
      mkdirSync(folder);
      writeFileSync(`${folder}/new`, '');
    });
  },
  'cwd is a link that is set to another folder': () => {
    const folder = folderWith('old');
    const other = folderWith('new');
    const link = tempPath('link');
    symlinkSync(folder, link);
    return after(sh('ls', { cwd: link }), () => {
      unlinkSync(link);
      symlinkSync(other, link);
    });
  },
  'a relative cwd, and the parent changes its own': () => {
    const before = process.cwd();
    const folder = folderWith('old');
    mkdirSync(`${folder}/sub`);
    writeFileSync(`${folder}/sub/right`, '');
    process.chdir(folder);
    return after(sh('ls', { cwd: 'sub' }), () => process.chdir('/')).finally(() => process.chdir(before));
  },
  'the parent changes its cwd': () => {
    const before = process.cwd();
    process.chdir(folderWith('right'));
    return after(sh('ls'), () => process.chdir('/')).finally(() => process.chdir(before));
  },
  'cwd is missing': failing('/no/such/folder'),
  'cwd is a file': failing('/bin/sh'),
  'cwd is too long': failing(`/${'a'.repeat(300)}`),
  'cwd is a loop of links': () => {
    const link = tempPath('loop');
    symlinkSync(link, link);
    return failing(link)();
  },
  'the parent changes its umask': () => {
    const before = process.umask(0o027);
    return after(sh('umask'), () => process.umask(0o077)).finally(() => process.umask(before));
  },
  'the object of the environment is changed': () => {
    const env: NodeJS.ProcessEnv = { A: 'old', PATH: process.env['PATH'] };
    return after(sh('echo $A $B', { env }), () => {
      env['A'] = 'new';
      env['B'] = 'added';
    });
  },
  'process.env is changed': () => {
    process.env['A_VARIABLE'] = 'old';
    return after(sh('echo $A_VARIABLE $ANOTHER'), () => {
      process.env['A_VARIABLE'] = 'new';
      process.env['ANOTHER'] = 'added';
    });
  },
  'the list of arguments is changed': () => {
    const args = ['-c', 'read go; echo "$@"', 'sh', 'old'];
    return after(
      () => cp.spawn('/bin/sh', args),
      () => {
        args[3] = 'new';
        args.push('added');
      },
    );
  },
  'spawnargs is changed': () =>
    after(sh('echo right'), (child) => child.spawnargs.splice(0, child.spawnargs.length, 'new')),
  'the options are changed': () => {
    const options = { cwd: folderWith('right'), stdio: ['pipe', 'pipe', 'pipe'], argv0: 'old' };
    return after(sh('ls; echo $0', options), () => {
      options.cwd = '/';
      options.stdio.length = 0;
      options.argv0 = 'new';
    });
  },
  'the priority of the child is set': () => after(sh('nice'), (child) => os.setPriority(child.pid ?? 0, 5)),
  'the priority of the parent is set': async () => {
    const story = await after(sh('nice'), () => os.setPriority(3));
    return { story, own: os.getPriority() };
  },
});
