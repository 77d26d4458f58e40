import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import { explainSpawn, FileActions, features } from 'forkless';
import { spawn } from 'forkless/child_process';
import { runNode } from '../support/run-node.js';

type Call = Parameters<typeof explainSpawn>;

const usual = { env: {}, sigdefault: [] };

/** The lines of a plan but the first, of signals, and the last three. */
function stepsOf(...call: readonly unknown[]): string[] {
  return explainSpawn(...(call as Call))
    .split('\n')
    .slice(1, -4);
}

describe('the plan of spawn', () => {
  it('has sockets that are not there yet, one for each pipe', () => {
    expect(stepsOf('/x', ['y'], usual)).to.deep.equal([
      '1. sweep 3 to the last, except the new sockets',
      '2. dup2 a new socket to 0  (stdio[0])',
      '3. dup2 a new socket to 1  (stdio[1])',
      '4. dup2 a new socket to 2  (stdio[2])',
      '5. close a new socket',
      '6. close a new socket',
      '7. close a new socket',
      'signal mask: empty',
      '8. execve "/x"',
    ]);
  });

  it('needs none where nothing is a pipe', () => {
    expect(stepsOf('/x', { ...usual, stdio: 'inherit' })).to.deep.equal([
      '1. sweep 3 to the last',
      '2. inherit 0  (stdio[0])',
      '3. inherit 1  (stdio[1])',
      '4. inherit 2  (stdio[2])',
      '5. set-blocking 0',
      '6. set-blocking 1',
      '7. set-blocking 2',
      'signal mask: empty',
      '8. execve "/x"',
    ]);
  });

  it('has every attribute in its place', () => {
    const fileActions = new FileActions().addOpen(5, 'f', 'r');
    expect(
      stepsOf('/x', [], {
        ...usual,
        stdio: ['ignore', 'pipe', 2, 'overlapped'],
        cwd: '/tmp',
        detached: true,
        gid: 7,
        inheritFds: [9],
        fileActions,
        umask: 0o27,
        schedPolicy: 'SCHED_BATCH',
        sigmask: ['SIGINT'],
      }),
    ).to.deep.equal([
      ' 1. sweep 4 to 4',
      ' 2. sweep 6 to 8',
      ' 3. sweep 10 to the last, except the new sockets',
      ' 4. setsid',
      ' 5. setscheduler SCHED_BATCH, priority 0',
      ' 6. umask 0027',
      ' 7. dup2 a new socket to 1  (stdio[1])',
      ' 8. inherit 2  (stdio[2])',
      ' 9. dup2 a new socket to 3  (stdio[3])',
      '10. open "/dev/null" as 0, O_RDONLY',
      '11. set-blocking 2',
      '12. inherit 9  (file action 0)',
      '13. chdir "/tmp"',
      '14. open "f" as 5, O_RDONLY  (file action 0)',
      '15. close a new socket',
      '16. close a new socket',
      '17. own-memory',
      '18. drop-groups-if-allowed',
      '19. setgid 7',
      'signal mask: SIGINT',
      '20. execve "/x"',
    ]);
  });

  it('has uid and gid beside groups, and both after all else', () => {
    const steps = stepsOf('/x', [], { ...usual, stdio: 'ignore', uid: 1, gid: 2, groups: [3] });
    expect(steps.slice(-6)).to.deep.equal([
      '5. own-memory',
      '6. setgroups 3',
      '7. setgid 2',
      '8. setuid 1',
      'signal mask: empty',
      '9. execve "/x"',
    ]);
  });

  it('tells the search in PATH, the shell, argv and the environment, the channel of a Node program among it', () => {
    const env = { PATH: '/one:/two' };
    expect(explainSpawn('tool', ['-x'], { env, argv0: 'other' })).to.match(
      /execve "\/one\/tool"\n.*execve "\/two\/tool"\nargv: "other" "-x"\n.*\/bin\/sh\nenv: 1 variables\n$/,
    );
    expect(explainSpawn('a | b', { shell: true, env })).to.include('argv: "/bin/sh" "-c" "a | b"\n');
    expect(explainSpawn('/x', { env, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })).to.include(
      'env: 3 variables',
    );
  });

  it('leaves other numbers and texts as they are, however much they are like a new socket', () => {
    const plan = explainSpawn('/x', ['2147483647', 'fds (fds[3])'], {
      ...usual,
      cwd: '/tmp/2147483646',
      uid: 2147483647,
      rlimits: { as: 4294967296 },
    });
    expect(plan.match(/a new socket(?! to| to \d)/g)).to.have.length(3);
    expect(plan).to.include(' chdir "/tmp/2147483646"\n');
    expect(plan).to.include(' rlimit as 4294967296 4294967296\n');
    expect(plan).to.include(' setuid 2147483647\n');
    expect(plan).to.include('argv: "/x" "2147483647" "fds (fds[3])"\n');
  });

  it('does not take a number that is named for a new socket', () => {
    expect(stepsOf('/x', [], { ...usual, stdio: ['pipe', 1, 2], inheritFds: [2147483647] })).to.deep.equal(
      [
        ' 1. sweep 3 to the last, except the new sockets',
        ' 2. dup2 a new socket to 0  (stdio[0])',
        ' 3. inherit 1  (stdio[1])',
        ' 4. inherit 2  (stdio[2])',
        ' 5. set-blocking 1',
        ' 6. set-blocking 2',
        ' 7. inherit 2147483647  (file action 0)',
        ' 8. close a new socket',
        'signal mask: empty',
        ' 9. execve "/x"',
      ].map((line) => line.replace(/^ /, '')),
    );
  });

  it('starts nothing, opens nothing, and leaves its arguments as they are', () => {
    const before = [features().rungs, readdirSync('/proc/self/fd')];
    const options = Object.freeze({ stdio: Object.freeze(['pipe']) as unknown as 'pipe', uid: 5 });
    explainSpawn('/bin/true', Object.freeze(['x']) as string[], options);
    expect([features().rungs, readdirSync('/proc/self/fd')]).to.deep.equal(before);
  });
});

describe('what spawn refuses is refused by explainSpawn with the same error:', () => {
  for (const call of [
    [],
    [5],
    [''],
    ['a\0b'],
    ['/x', 5],
    ['/x', ['\0']],
    ['/x', [], null],
    ['/x', [], 5],
    ['/x', [], { cwd: 5 }],
    ['/x', [], { uid: 'root' }],
    ['/x', [], { gid: 1.5 }],
    ['/x', { shell: 5 }],
    ['/x', { detached: 1 }],
    ['/x', { argv0: 5 }],
    ['/x', { timeout: -1 }],
    ['/x', { signal: 'x' }],
    ['/x', { killSignal: 'SIGNOT' }],
    ['/x', { env: { A: 'a\0b' } }],
    ['/x', { umask: -1 }],
    ['/x', { inheritFds: [1] }],
  ] as const)
    it(JSON.stringify(call), () => {
      const errors = [spawn, explainSpawn].map((start) => {
        try {
          Reflect.apply(start, undefined, call);
        } catch (error) {
          const { name, code, message } = error as NodeJS.ErrnoException;
          return { name, code, message };
        }
        return undefined;
      });
      expect(errors[0]).to.have.property('code');
      expect(errors[1]).to.deep.equal(errors[0]);
    });

  it('and what is wrong with stdio too, though in our words', () => {
    for (const stdio of ['x', ['x'], [{}], ['ipc', 'ipc'], 5, [new Uint8Array(1)]])
      expect(() => explainSpawn('/x', { stdio } as object)).to.throw(TypeError, 'stdio');
  });
});

describe('explainSpawn', () => {
  const explained = (before: string) =>
    runNode(
      `${before}
       const { explainSpawn, features } = await import('forkless');
       try {
         console.log(explainSpawn('/x').split('\\n').length, features().childProcess.backend);
       } catch ({ code, message }) {
         console.log(code, message);
       }`,
      { bare: true },
    );

  it('does not make the drop-in be chosen', async () => {
    expect(await explained('')).to.include({ code: 0, stdout: '14 null\n' });
  });

  it('throws where spawn is the function of the runtime, and says why', async () => {
    const { stdout } = await explained("Object.defineProperty(process.versions, 'bun', { value: '1.2.3' });");
    expect(stdout).to.equal(
      "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM spawn of forkless/child_process is the runtime's own here: Bun has its own child_process\n",
    );
  });

  it('throws where other code wants to see what Node starts, unless an option means the engine', async () => {
    const { stdout } = await runNode(
      `import { explainSpawn } from 'forkless';
       const { Process } = process.binding('process_wrap');
       Process.prototype.spawn = () => 0;
       for (const options of [{}, { umask: 0 }])
         try { console.log(explainSpawn('/x', options).includes('umask')); } catch ({ code }) { console.log(code); }`,
      { bare: true },
    );
    expect(stdout).to.equal('ERR_FEATURE_UNAVAILABLE_ON_PLATFORM\ntrue\n');
  });
});
