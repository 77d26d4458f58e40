// What attributes cost, beside the commands that set the same.
import { spawnSync } from 'node:child_process';
import { compileNothing } from './support/compile.mjs';
import { inFreshProcess } from './support/fresh-process.mjs';

/**
 * One row each: the options, the command that does the same to the program that follows it, and the arguments of Python's
 * subprocess.Popen. Another attribute is one more entry; without a command the list is empty.
 */
export function attributeRows() {
  const root = process.getuid() === 0;
  return [
    {
      name: 'nice',
      options: { nice: 5 },
      command: ['nice', '-n', '5'],
      python: 'preexec_fn=lambda: os.nice(5)',
    },
    {
      name: 'rlimits',
      options: { rlimits: { nofile: 64 } },
      command: ['prlimit', '--nofile=64'],
      python: 'preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))',
    },
    {
      name: 'umask',
      options: { umask: 0o27 },
      command: ['sh', '-c', 'umask 027; exec "$0"'],
      python: 'umask=0o27',
    },
    {
      name: 'setsid',
      options: { setsid: true },
      command: ['setsid', '--wait'],
      python: 'start_new_session=True',
    },
    {
      name: 'schedPolicy',
      options: { schedPolicy: 'SCHED_BATCH' },
      command: ['chrt', '--batch', '0'],
      python: 'preexec_fn=lambda: os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))',
    },
    ...(root
      ? [
          {
            name: 'uid, gid',
            options: { uid: 65534, gid: 65534 },
            command: ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'],
            python: 'user=65534, group=65534, extra_groups=[]',
          },
        ]
      : []),
  ];
}

const script = `
import json, os, resource, subprocess, sys, time
program, rounds = sys.argv[1], int(sys.argv[2])
null = dict(stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
ways = {"none": {}, **eval(sys.argv[3])}
found = {name: [] for name in ways}
for round in range(rounds + 3):
    for name, more in ways.items():
        begin = time.perf_counter()
        subprocess.run([program], check=True, **null, **more)
        if round >= 3: found[name].append((time.perf_counter() - begin) * 1e6)
print(json.dumps(found))
`;

/** @returns {Promise<{rows: object[], skipped: string[], left: string[]}>} rows {name, execed, exited, command, python}: blocks */
export async function measureAttributes(plan, progress) {
  progress('attributes, and the commands that set the same');
  const { found, missing, left } = await inFreshProcess('attribute-cost', plan.attributes);
  const python = inPython(plan.attributes.rounds);
  const rows = Object.entries(found).map(([name, times]) => ({
    name,
    ...Object.fromEntries(Object.entries(times).map(([what, list]) => [what, [list]])),
    ...(python?.[name] && { python: [python[name]] }),
  }));
  const skipped = missing.map(({ name, command }) => `attributes: ${name}: ${command[0]} is missing`);
  if (python === null) skipped.push('attributes: Python is missing');
  return { rows, skipped, left };
}

/** null: there is none. */
function inPython(rounds) {
  const ways = attributeRows().map(({ name, python }) => `${JSON.stringify(name)}: dict(${python})`);
  const args = ['-c', script, compileNothing(), `${rounds}`, `{${ways.join(', ')}}`];
  const { status, stdout } = spawnSync('python3', args, { encoding: 'utf8' });
  return status === 0 ? JSON.parse(stdout) : null;
}
