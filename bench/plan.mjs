// What is measured: one axis at a time, the others at their base, which is the first entry of each.

const full = {
  megabytes: [50, 1024, 4096, 8192],
  descriptors: [20, 1000, 4000, 19_000],
  inFlight: [1, 16, 256, 2000],
  live: [1000, 10_000],
  /** Fresh processes, rounds in each of them in which everybody has a turn, and in how many of these throughput is asked. */
  base: { processes: 3, rounds: 2, rateRounds: 2 },
  memory: { processes: 1, rounds: 3, rateRounds: 0 },
  table: { processes: 2, rounds: 2, rateRounds: 2 },
  liveProcesses: 3,
  /** The drop-in on several Nodes: fresh processes, rounds in each. */
  nodes: { processes: 3, rounds: 2 },
  /** Starts of a program whose exec takes long; `waits`: until it is old enough to be known. */
  slow: { starts: 12, waits: true },
  /** Each attribute in a process of its own: rounds of starts, and rounds of the commands. */
  attributes: { megabytes: [50, 1024, 4096], rounds: 300, warmUp: 200, commands: 40 },
  /** Node processes of each kind, with the package and without. */
  startUps: 30,
  repeats: 3,
  /** For each way in a fresh process, with one in flight and with many. */
  warmUp: 150,
  /** For each way in a round: starts one after the other, and with many in flight: long enough for compiled code. */
  oneMilliseconds: 120,
  rateMilliseconds: 500,
  spawns: 10_000,
};

/** To see that it works, and a first look. */
const quick = {
  ...full,
  megabytes: [50, 512],
  descriptors: [20, 4000],
  inFlight: [1, 16, 256],
  live: [1000],
  base: { processes: 1, rounds: 2, rateRounds: 1 },
  memory: { processes: 1, rounds: 2, rateRounds: 0 },
  table: { processes: 1, rounds: 2, rateRounds: 1 },
  liveProcesses: 1,
  nodes: { processes: 1, rounds: 2 },
  slow: { starts: 4, waits: true },
  attributes: { megabytes: [50, 512], rounds: 100, warmUp: 100, commands: 10 },
  startUps: 9,
  repeats: 1,
  oneMilliseconds: 60,
  rateMilliseconds: 150,
  spawns: 2000,
};

/** To see that it runs at all: the figures mean nothing. */
const smoke = {
  ...quick,
  megabytes: [50, 128],
  descriptors: [20, 200],
  inFlight: [1, 16],
  live: [200],
  base: { processes: 1, rounds: 1, rateRounds: 1 },
  memory: { processes: 1, rounds: 1, rateRounds: 0 },
  table: { processes: 1, rounds: 1, rateRounds: 1 },
  nodes: { processes: 1, rounds: 1 },
  slow: { starts: 1, waits: false },
  attributes: { megabytes: [50, 128], rounds: 2, warmUp: 1, commands: 2 },
  startUps: 3,
  warmUp: 10,
  oneMilliseconds: 10,
  rateMilliseconds: 30,
  spawns: 200,
};

export const plans = { full, quick, smoke };

/** What many in flight are measured with on the other axes. */
export const IN_FLIGHT = 16;
/** How many starts one turn of the loop is asked for. */
export const BURST = 400;
/** An exec that takes long: held back for so long, or of a program of that size, none of which is in memory. */
export const SLOW = { milliseconds: 50, megabytes: 126 };
/** What the cost with many live children is compared to. */
export const FEW_LIVE = 100;

/** What a host has where nothing else is said. */
export function baseSize({ megabytes, descriptors, warmUp }) {
  return { bytes: megabytes[0] * 2 ** 20, descriptors: descriptors[0], warmUp };
}

/** The settings under which hosts run, and what is asked of them there. */
export function settingsOf(plan) {
  const [megabytes] = plan.megabytes;
  const [descriptors] = plan.descriptors;
  return [
    { megabytes, descriptors, inFlight: plan.inFlight, ...plan.base },
    ...plan.descriptors.slice(1).map((more) => ({
      megabytes,
      descriptors: more,
      inFlight: [IN_FLIGHT],
      ...plan.table,
    })),
    ...plan.megabytes.slice(1).map((more) => ({
      megabytes: more,
      descriptors,
      inFlight: [IN_FLIGHT],
      ...plan.memory,
    })),
  ];
}
