const stdio = { stdin: 'null', stdout: 'null', stderr: 'null' };
const { Deno } = globalThis;

export const ways = {
  deno: {
    call: (file) => new Deno.Command(file, stdio).spawn(),
    ended: (child) => child.status,
    kill: (child) => child.kill('SIGKILL'),
  },
  denoSync: { call: (file) => new Deno.Command(file, stdio).outputSync() },
};
