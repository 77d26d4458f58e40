import { mkdirSync, writeFileSync } from 'node:fs';
import { folder, importClient, large } from './kit.mjs';

const { simpleGit } = await importClient('simple-git');

// Nothing of the machine's own settings.
process.env.HOME = folder;
process.env.GIT_CONFIG_NOSYSTEM = '1';
const repository = `${folder}/repository`;
mkdirSync(repository);
const git = simpleGit(repository);

export const scenarios = {
  'makes a repository': async () => {
    await git.init(['--initial-branch=main']);
    await git.addConfig('user.name', 'A').addConfig('user.email', 'a@example.org');
    return (await git.listConfig('local')).all;
  },
  commits: async () => {
    writeFileSync(`${repository}/file`, 'one\n');
    await git.add('file');
    const { branch, summary } = await git.commit('first');
    return [branch, summary];
  },
  'gives status and differences': async () => {
    writeFileSync(`${repository}/file`, 'two\n');
    const { modified, current } = await git.status();
    return [modified, current, await git.diff()];
  },
  'gives the log': async () =>
    (await git.log()).all.map(({ message, author_name }) => [message, author_name]),
  'carries 3 MiB out': async () => {
    writeFileSync(`${repository}/large`, large);
    await git.add('large').commit('large');
    return git.show(['HEAD:large']);
  },
  clones: async () => {
    await simpleGit(folder).clone(repository, 'clone');
    return simpleGit(`${folder}/clone`).raw(['ls-tree', 'HEAD']);
  },
  'runs 10 at once': () =>
    Promise.all(Array.from({ length: 10 }, () => simpleGit(repository).raw(['rev-list', '--count', 'HEAD']))),
  'fails for a command that git does not know': () => git.raw(['no-such-command']),
  'fails for a directory that is no repository': () => simpleGit('/usr').status(),
  'ends by an AbortSignal that was aborted before': () =>
    simpleGit({ baseDir: repository, abort: AbortSignal.abort() }).status(),
  'fails for a program that is not there': async () => {
    const { message } = await simpleGit({ baseDir: repository, binary: 'no-such-git' })
      .status()
      .catch((error) => error);
    // Its message is the stack of the error that it got.
    return message.split('\n')[0];
  },
};
