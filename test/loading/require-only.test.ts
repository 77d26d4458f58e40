// The packed package in programs that only require, as the main process of Electron does.
import { expect } from 'chai';
import { INSTALL_TIMEOUT } from '../support/installed.js';
import { leaveOut, programAt } from './programs.js';
import { makeProject, type Project } from './projects.js';

const dropIn = { backend: 'forkless', reason: null };

/** The first has no `require` of ES modules at all with the flag; nor have those before it. */
for (const name of ['node-20.19.0', 'node-22.12.0', 'node-24'])
  describe(`the packed package by require alone, under ${name} with --no-experimental-require-module`, function () {
    this.timeout(60_000);
    let project: Project;
    let node: string;

    before(async function () {
      this.timeout(INSTALL_TIMEOUT);
      node = programAt(name) ?? '';
      if (node === '') leaveOut(this, name, null);
      project = await makeProject('require-only');
    });

    it('starts processes by the engine', async () => {
      expect(await ask('app.js')).to.deep.equal({ posix: 4, code: 3, text: 'text\n', starts: 3, dropIn });
    });

    it('registers, with its Workers', async () => {
      const inWorker = { text: 'worker\n', dropIn };
      expect(await ask('registered.js')).to.deep.equal({ text: 'text\n', inWorker, starts: 2, dropIn });
    });

    async function ask(file: string): Promise<unknown> {
      return JSON.parse(await project.program(node, ['--no-experimental-require-module', file]));
    }
  });
