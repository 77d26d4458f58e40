// The axes of memory, descriptors and starts in flight: hosts under one setting, everybody in turn, in rounds.
import { waysOf } from './contenders.mjs';
import { baseSize, settingsOf } from './plan.mjs';
import { Host } from './support/host.mjs';
import { roomFor, whyNot } from './support/room.mjs';
import { addBlocks } from './support/stats.mjs';

const TURN_STARTS = 20;
const TURN_MILLISECONDS = 20;
const MB = 2 ** 20;
/** The small process of ours beside those of a setting. */
const SMALL = 'beside';
const OURS = 'forkless';
/** At most: both ends of a pipe, a pidfd, and one to spare. */
const DESCRIPTORS_OF_A_START = 4;

/**
 * @returns {Promise<{settings: object[], skipped: string[], left: string[]}>} Each setting with `samples`:
 *   {way: {held, execed, exited, rates: {inFlight: {perSecond, delayP50, delayP99}}}}, each a list of blocks, one a
 *   round; with `resident`, what each host really had; and, but for the first, with `beside`: samples of a small
 *   process of ours in the same rounds. A machine has minutes that are faster than others.
 */
export async function measureAxes(plan, hosts, progress) {
  const found = { settings: [], skipped: [], left: [] };
  for (const wanted of settingsOf(plan)) {
    const name = `${wanted.megabytes} MB, ${wanted.descriptors} descriptors`;
    const reason = whyNot(wanted);
    if (reason) {
      found.skipped.push(`${name}: ${reason}`);
      continue;
    }
    const inFlight = wanted.inFlight.filter((count) => fits(wanted, count, found));
    const setting = { ...wanted, inFlight, samples: {}, beside: {}, resident: {} };
    found.settings.push(setting);
    for (let process = 1; process <= setting.processes; process++)
      for (const batch of batches(hosts, roomFor(setting.megabytes))) {
        progress(`${name}, ${process} of ${setting.processes}: ${batch.map((host) => host.name).join(', ')}`);
        await measureBatch(plan, setting, batch, found);
      }
  }
  return found;
}

function fits({ descriptors }, inFlight, { skipped }) {
  const reason = whyNot({ descriptors: descriptors + inFlight * DESCRIPTORS_OF_A_START });
  if (reason) skipped.push(`${inFlight} in flight, ${descriptors} descriptors: ${reason}`);
  return !reason;
}

/** As many hosts as there is memory for stand side by side and take turns. */
async function measureBatch(plan, setting, batch, found) {
  const { megabytes, descriptors } = setting;
  const starting = batch.map(async (host) => {
    try {
      return [host.name, await Host.start(host, { bytes: megabytes * MB, descriptors, warmUp: plan.warmUp })];
    } catch (error) {
      giveUp(host.name, error, setting, found);
      return undefined;
    }
  });
  if (setting !== found.settings[0]) starting.push(startSmall(plan, batch));
  const running = new Map((await Promise.all(starting)).filter(Boolean));
  for (const [name, host] of running) if (name !== SMALL) setting.resident[name] = host.setting.resident;
  for (let round = 0; round < setting.rounds; round++)
    for (const question of questionsOf(plan, setting, round))
      for (const [name, host] of round % 2 === 0 ? [...running] : [...running].reverse()) {
        try {
          await question(name, host);
        } catch (error) {
          host.kill();
          running.delete(name);
          giveUp(name, error, setting, found);
        }
      }
  for (const [, host] of running) found.left.push(...(await host.end()));
}

async function startSmall(plan, batch) {
  const ours = batch.find(({ name }) => name === OURS);
  const size = baseSize(plan);
  return ours && [SMALL, await Host.start(ours, size)];
}

/** Ours must not die; where another does, the run goes on without it. */
function giveUp(name, error, { megabytes, descriptors }, found) {
  if (name === OURS || name === SMALL) throw error;
  found.skipped.push(`${name}, ${megabytes} MB, ${descriptors} descriptors: ${error.message}`);
}

/** What each host is asked in this round, one after the other, before any is asked the next. */
function questionsOf(plan, setting, round) {
  const one = (name, host) => askOne(plan, setting, name, host);
  if (round >= setting.rateRounds) return [one];
  const rates = setting.inFlight.map(
    (inFlight) => (name, host) => askRate(plan, setting, inFlight, name, host),
  );
  return [one, ...rates];
}

async function askOne(plan, setting, name, host) {
  const samples = name === SMALL ? setting.beside : setting.samples;
  const ways = waysOf(name === SMALL ? OURS : name).map(({ way }) => way);
  const budget = plan.oneMilliseconds * ways.length;
  const times = await host.ask('one', ways.join(), budget, TURN_STARTS, TURN_MILLISECONDS);
  for (const [way, lists] of Object.entries(times)) {
    samples[way] ??= { rates: {} };
    addBlocks(samples[way], lists);
  }
}

async function askRate(plan, { samples }, inFlight, name, host) {
  for (const { way } of waysOf(name).filter(({ rate }) => rate)) {
    const figures = await host.ask('rate', way, inFlight, plan.rateMilliseconds);
    const { rates } = samples[way];
    rates[inFlight] ??= {};
    addBlocks(rates[inFlight], figures);
  }
}

function batches(hosts, size) {
  const lists = [];
  for (let index = 0; index < hosts.length; index += size) lists.push(hosts.slice(index, index + size));
  return lists;
}
