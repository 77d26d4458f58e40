// The same ways of both: node:child_process, and ours in its place.

export function ignoring({ spawn }, more) {
  return childProcess('exit', (file) => spawn(file, [], { stdio: 'ignore' }), more);
}

/** With the pipes that nobody asked for: what most programs do. */
export function withPipes({ spawn }, more) {
  return childProcess('close', (file) => spawn(file), more);
}

export function synchronous({ spawnSync }) {
  return { call: (file) => spawnSync(file) };
}

function childProcess(event, call, more) {
  return {
    call,
    ended: (child) => new Promise((resolve) => child.once(event, resolve)),
    kill: (child) => child.kill('SIGKILL'),
    ...more,
  };
}
