/** What of a process its children must not change: of all threads, as /proc tells it. */
export const state = `
  import { readdirSync, readFileSync } from 'node:fs';
  function state() {
    const field = (task, name) => new RegExp('^' + name + ':.*$', 'm').exec(readFileSync('/proc/self/task/' + task + '/status', 'latin1'))?.[0];
    const names = ['Uid', 'Gid', 'Groups', 'Umask', 'NSpgid', 'NSsid', 'CapEff', 'CapPrm', 'NoNewPrivs', 'SigBlk', 'SigIgn', 'SigCgt'];
    // policy, priority and nice: the 41st, 40th and 19th field
    const scheduling = (task) => {
      const stat = readFileSync('/proc/self/task/' + task + '/stat', 'latin1').split(') ').at(-1).split(' ');
      return [16, 37, 38].map((place) => stat[place]);
    };
    return {
      threads: readdirSync('/proc/self/task').map((task) => [...names.map((name) => field(task, name)), ...scheduling(task)].join()),
      dumpable: meddle.getDumpable(),
      oom: readFileSync('/proc/self/oom_score_adj', 'latin1'),
      limits: readFileSync('/proc/self/limits', 'latin1'),
      cwd: process.cwd(),
    };
  }`;
