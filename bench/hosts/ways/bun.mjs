const stdio = ['ignore', 'ignore', 'ignore'];
const { Bun } = globalThis;

export const ways = {
  bun: {
    call: (file) => Bun.spawn([file], { stdio }),
    ended: (child) => child.exited,
    kill: (child) => child.kill('SIGKILL'),
  },
  bunSync: { call: (file) => Bun.spawnSync([file], { stdio }) },
};
