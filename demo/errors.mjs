import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { posixSpawn } from 'forkless';
import { claim, note, table } from './show.mjs';

const nowhere = '/no/such/place';

/** The oldest complaint about child_process: a missing cwd looks like a missing program. */
export async function errors() {
  const cases = [
    ['cwd is missing', '/bin/true', nowhere],
    ['program is missing', nowhere, '/'],
  ];
  const rows = [['', 'node:child_process says', 'forkless says']];
  const found = [];
  for (const [title, file, cwd] of cases) {
    const theirs = await childProcessError(file, cwd);
    const ours = await forklessError(file, cwd);
    found.push({ theirs, ours });
    rows.push([title, theirs.message, ours.message]);
  }
  table(rows);
  const [cwd, program] = found.map(({ ours }) => ours);
  claim(`cwd: code ${cwd.code}, step ${cwd.step}, path ${cwd.path}`, isEnoent(cwd, 'chdir'));
  claim(
    `program: code ${program.code}, step ${program.step}, path ${program.path}`,
    isEnoent(program, 'execve'),
  );
  const blamed = found[0].theirs.path;
  if (blamed === '/bin/true') note(`   (node:child_process blames ${blamed}, which is there)`);
}

function isEnoent(error, step) {
  return error.code === 'ENOENT' && error.step === step && error.path === nowhere;
}

async function childProcessError(file, cwd) {
  const [error] = await once(spawn(file, [], { cwd }), 'error');
  return error;
}

async function forklessError(file, cwd) {
  const started = posixSpawn(file, [file], { cwd });
  return started.then(
    () => new Error('no error'),
    (error) => error,
  );
}
