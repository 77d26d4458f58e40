// The whole run, one part after the other: samples in, figures out.
import { measureAttributes } from './attributes.mjs';
import { measureAxes } from './axes.mjs';
import { isNewer } from './goals/drop-in.mjs';
import { goalsOf } from './goals/index.mjs';
import { findHosts, findNodes } from './hosts.mjs';
import { measureLive } from './live.mjs';
import { measureNodes } from './nodes.mjs';
import { IN_FLIGHT, plans } from './plan.mjs';
import { measureSlow, prepareSlow } from './slow.mjs';
import { measureStartUp } from './start-up.mjs';
import { compileSleeper } from './support/compile.mjs';
import { inFreshProcess } from './support/fresh-process.mjs';
import { machine } from './support/machine.mjs';
import { whyNot } from './support/room.mjs';
import { summarize } from './support/stats.mjs';

/** The garbage collector sizes its young generation as it likes, by tens of megabytes: this keeps it out of the figure. */
const STEADY_HEAP = ['--expose-gc', '--max-semi-space-size=1'];
const DIGITS = 5;
const STUCK = { starts: 500, stuck: 50 };

/** @param extent 'full', 'quick' or 'smoke'. @param progress called with what is being measured. */
export async function measureAll(extent, progress) {
  const begin = performance.now();
  const plan = plans[extent];
  const results = { date: new Date().toISOString().slice(0, 10), extent, machine: machine() };
  // First of all: the drop-in waits for exec while a file is younger than a minute.
  const slowFiles = prepareSlow();
  compileSleeper();
  const nodes = findNodes(extent !== 'smoke');
  const { hosts, missing } = findHosts(nodes);
  results.versions = Object.fromEntries(hosts.map(({ name, version }) => [name, version]));
  const axes = await measureAxes(plan, hosts, progress);
  const live = await measureLive(plan, hosts, progress);
  const onNodes = await measureNodes(plan, nodes, progress);
  const slow = await measureSlow(plan, slowFiles, hosts, progress);
  Object.assign(results, figuresOf(plan, axes.settings));
  results.live = liveFigures(live.samples);
  results.nodes = onNodes.nodes.map(summarized);
  results.nodesLimit = { ways: map(onNodes.c, (figures) => map(figures, summarize)) };
  results.slow = Object.fromEntries(
    ['held', 'cold'].map((what) => [what, { ways: map(slow[what], (times) => map(times, summarize)) }]),
  );
  const attributes = await measureAttributes(plan, progress);
  results.attributes = figuresOfAttributes(attributes.rows);
  results.startUp = (await measureStartUp(plan, nodes, progress)).map(summarized);
  results.afterFork = await measureAfterFork(plan, nodes, progress);
  results.stuckPaced = await measureStuck(plan, false, progress);
  results.stuckBurst = await measureStuck(plan, true, progress);
  progress(`${plan.spawns} starts`);
  const many = { spawns: plan.spawns, atATime: 8 };
  results.many = { ...many, ...(await inFreshProcess('many-spawns', many, STEADY_HEAP)) };
  results.leftOut = [
    missing,
    axes.skipped,
    live.skipped,
    onNodes.skipped,
    slow.skipped,
    attributes.skipped,
  ].flat();
  results.faults = faultsOf(
    results,
    [axes, live, onNodes, slow, attributes].flatMap(({ left }) => left),
  );
  results.goals = goalsOf(results);
  results.seconds = Math.round((performance.now() - begin) / 1000);
  return rounded(results);
}

/** What is written and what is printed must be the same figures. */
function rounded(results) {
  const round = (_, value) => (typeof value === 'number' ? Number(value.toPrecision(DIGITS)) : value);
  return JSON.parse(JSON.stringify(results, round));
}

/** Lists of points; at each point {way: {held, execed, exited, perSecond, …}}, each summarized, and `beside`. */
function figuresOf(plan, settings) {
  const [base] = settings;
  const [megabytes, descriptors] = [plan.megabytes[0], plan.descriptors[0]];
  const point = (setting, inFlight) => ({
    resident: setting.resident,
    ...(setting.beside.posixSpawn && { beside: summarize(setting.beside.posixSpawn.held) }),
    ways: map(setting.samples, ({ rates, ...times }) => map({ ...times, ...rates[inFlight] }, summarize)),
  });
  return {
    memory: settings
      .filter((setting) => setting.descriptors === descriptors)
      .map((setting) => ({ megabytes: setting.megabytes, ...point(setting, IN_FLIGHT) })),
    descriptors: settings
      .filter((setting) => setting.megabytes === megabytes)
      .map((setting) => ({ descriptors: setting.descriptors, ...point(setting, IN_FLIGHT) })),
    inFlight: base.inFlight.map((inFlight) => ({
      inFlight,
      ways: map(
        Object.fromEntries(Object.entries(base.samples).filter(([, { rates }]) => rates[inFlight])),
        ({ rates }) => map(rates[inFlight], summarize),
      ),
    })),
  };
}

/** As measured by attributes.mjs. */
export function figuresOfAttributes(rows) {
  return rows.map(({ plain, set, ...row }) => ({
    ...row,
    plain: map(plain, summarize),
    set: map(set, summarize),
  }));
}

/** {kind: {figure: blocks}} becomes `ways`, each figure summarized. */
function summarized({ samples, ...rest }) {
  return { ...rest, ways: map(samples, (figures) => map(figures, summarize)) };
}

function liveFigures(samples) {
  const counts = [...new Set(Object.values(samples).flatMap((way) => Object.keys(way)))];
  return counts.map((count) => ({
    children: Number(count),
    ways: Object.fromEntries(
      Object.entries(samples)
        .filter(([, byCount]) => byCount[count])
        .map(([way, byCount]) => [way, map(byCount[count], summarize)]),
    ),
  }));
}

/** Nothing where this Node's own spawn does not fork. */
async function measureAfterFork(plan, { own }, progress) {
  if (isNewer(own)) return [];
  const found = [];
  for (const megabytes of plan.megabytes.slice(0, 2)) {
    if (whyNot({ megabytes })) continue;
    const samples = { forkless: [], childProcess: [] };
    for (let repeat = 0; repeat < plan.repeats; repeat++) {
      progress(`right after a fork, ${megabytes} MB`);
      const options = { gigabytes: megabytes / 1024, turn: 1, milliseconds: 10 * plan.oneMilliseconds };
      const result = await inFreshProcess('loop-cost', options);
      for (const who of Object.keys(samples)) samples[who].push(...result[who]);
    }
    found.push({ megabytes, ...map(samples, summarize) });
  }
  return found;
}

/** Of several runs the one with the middle p99, and the p99 of each. */
async function measureStuck(plan, burst, progress) {
  const runs = [];
  for (let repeat = 0; repeat < plan.repeats; repeat++) {
    progress(`${STUCK.starts} starts, ${STUCK.stuck} of them stuck`);
    runs.push(await inFreshProcess('stuck-starts', { ...STUCK, burst }));
  }
  runs.sort((a, b) => a.delay.p99 - b.delay.p99);
  return {
    ...runs[runs.length >> 1],
    left: runs.flatMap(({ left }) => left),
    cancelled: Math.min(...runs.map(({ cancelled }) => cancelled)),
    p99OfEach: runs.map(({ delay }) => delay.p99),
  };
}

/** What must hold whatever the machine does: everything could be cancelled and nothing is left. */
function faultsOf({ stuckPaced, stuckBurst, many }, left) {
  const found = [left, stuckPaced.left, stuckBurst.left, many.left]
    .flat()
    .map((what) => `left behind: ${what}`);
  for (const { stuck, cancelled } of [stuckPaced, stuckBurst])
    if (cancelled !== stuck) found.push(`${stuck - cancelled} stuck starts could not be cancelled`);
  return found;
}

function map(object, change) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}
