// The drop-in and Node's own spawn on several Nodes, each kind in a process of its own, in turns.
import { cHost, nodeHost } from './hosts.mjs';
import { BURST, baseSize, IN_FLIGHT } from './plan.mjs';
import { Host } from './support/host.mjs';
import { whyNot } from './support/room.mjs';
import { addBlocks } from './support/stats.mjs';

const TURN_STARTS = 20;
const TURN_MILLISECONDS = 20;
/** A child of the drop-in with three pipes, all at once: those, both ends, and a pidfd. */
const DESCRIPTORS_OF_A_START = 7;

/** `key` is its name in the results, where it is not that of the way. */
const ours = [
  { way: 'posixSpawn', title: 'forkless posixSpawn' },
  { way: 'dropIn', title: 'forkless spawn, no pipes' },
  { way: 'dropInPipes', title: 'forkless spawn, three pipes' },
];
const waiting = {
  way: 'dropIn',
  key: 'dropInWaiting',
  title: 'forkless spawn, no pipes, FORKLESS_WAIT=1',
  env: { FORKLESS_WAIT: '1' },
};
const theirs = [
  { way: 'node', title: "Node's own spawn, no pipes" },
  { way: 'nodePipes', title: "Node's own spawn, three pipes" },
];
const inC = ['posix_spawn', 'vfork'];

/** Names in the tables, in their order. */
export const kindTitles = [...ours, waiting, ...theirs].map(({ way, key = way, title }) => ({ key, title }));

/**
 * @param nodes what findNodes() has found
 * @returns {Promise<{nodes: {line, version, libuv, samples}[], c: object, skipped: string[], left: string[]}>} samples:
 *   {kind: {held, exited, perSecond, burst}}, each a list of blocks, one a round; `c`: the same of the loops in C
 */
export async function measureNodes(plan, nodes, progress) {
  const found = { nodes: [], c: {}, skipped: [], left: [] };
  if (!nodes.newest && nodes.own.line !== '24')
    found.skipped.push('the drop-in on Node 24: not installed, and not to be had from the registry');
  for (const { line, version, libuv } of present(nodes))
    found.nodes.push({ line, version, libuv, samples: {} });
  const kinds = present(nodes).flatMap((node, index) => kindsOf(node, found.nodes[index].samples));
  for (const way of inC) kinds.push({ way, samples: sampled(found.c, way), description: cHost() });
  const reason = whyNot({
    megabytes: kinds.length * plan.megabytes[0],
    descriptors: BURST * DESCRIPTORS_OF_A_START,
  });
  if (reason) found.skipped.push(`the drop-in on several Nodes: ${reason}`);
  for (let process = 1; !reason && process <= plan.nodes.processes; process++) {
    progress(`the drop-in on several Nodes, ${process} of ${plan.nodes.processes}`);
    await measureKinds(plan, kinds, found);
  }
  return found;
}

/** Sid's Node is of another's line: it comes last. */
function present({ own, newest, newer }) {
  return [own, newest, newer].filter(Boolean);
}

function kindsOf(node, samples) {
  const kind = (contender, isOurs) => (one) => ({
    way: one.way,
    samples: sampled(samples, one.key ?? one.way),
    description: {
      ...nodeHost(contender, node, one.way),
      name: `${one.title}, Node ${node.version}`,
      env: one.env,
      ours: isOurs,
    },
  });
  return [...[...ours, waiting].map(kind('forkless', true)), ...theirs.map(kind('node', false))];
}

function sampled(samples, key) {
  samples[key] = {};
  return samples[key];
}

/** Fresh processes of all. */
async function measureKinds(plan, kinds, { left }) {
  const size = baseSize(plan);
  const hosts = [];
  try {
    for (const { description } of kinds) hosts.push(await Host.start(description, size));
    for (let round = 0; round < plan.nodes.rounds; round++)
      for (const question of round === 0 ? [askOne, askRate, askBurst] : [askOne, askRate])
        for (const index of order(kinds.length, round))
          addBlocks(kinds[index].samples, await question(plan, hosts[index], kinds[index].way));
    for (const host of hosts) left.push(...(await host.end()));
  } finally {
    for (const host of hosts) host.kill();
  }
}

async function askOne(plan, host, way) {
  const times = await host.ask('one', way, plan.oneMilliseconds, TURN_STARTS, TURN_MILLISECONDS);
  return times[way];
}

function askRate(plan, host, way) {
  return host.ask('rate', way, IN_FLIGHT, plan.rateMilliseconds / 2);
}

function askBurst(_, host, way) {
  return host.ask('burst', way, BURST);
}

function order(length, round) {
  const indexes = Array.from({ length }, (_, index) => index);
  return round % 2 === 0 ? indexes : indexes.reverse();
}
