// For parent-unchanged.test.ts: what starts with each attribute leave of this process and of its threads.
import { once } from 'node:events';
import { setPriority } from 'node:os';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { everyDoor } from '../../support/every-door.js';
import { readParameters, say } from '../../support/in-program.js';
import type { Facts } from '../../support/process-facts.js';
import { processFacts, threadsOf } from '../../support/process-facts.js';
import { ofTheProcess, startsOf } from '../values-that-start.js';

export interface Parameters {
  /** Of each attribute. */
  readonly starts: number;
  readonly door: string;
  readonly worker?: boolean;
  /** Changes the parent, as no start may: its umask, and the nice value of another thread. */
  readonly spoils?: boolean;
}

export interface Seen {
  readonly threads: number;
  readonly facts: number;
  /** By attribute: how many programs started, and what is not as it was. */
  readonly attributes: Record<string, { started: number; changed: Facts }>;
}

const AT_ONCE = 8;

async function look({ starts, door, spoils }: Parameters): Promise<Seen> {
  const run = everyDoor.find(([name]) => name === door)?.[1];
  if (run === undefined) throw new Error(`no such door: ${door}`);
  const tryOne = (options: object): Promise<boolean> =>
    // a failed start is one that must change nothing, either
    run('/bin/true', [], options).then(
      () => true,
      () => false,
    );
  await tryOne({});
  const threads = threadsOf();
  const before = processFacts(threads);
  if (spoils) {
    process.umask(0o123);
    setPriority(threads.at(-1) ?? 0, 17);
  }
  const attributes: Seen['attributes'] = {};
  for (const attribute of ofTheProcess) {
    const list = startsOf(attribute);
    let started = 0;
    for (let made = 0; made < starts; made += AT_ONCE) {
      const results = await Promise.all(
        Array.from({ length: Math.min(AT_ONCE, starts - made) }, (_, index) =>
          tryOne(list[(made + index) % list.length] as object),
        ),
      );
      started += results.filter(Boolean).length;
    }
    attributes[attribute.name] = { started, changed: differences(before, processFacts(threads)) };
  }
  return { threads: threads.length, facts: Object.keys(before).length, attributes };
}

function differences(before: Facts, after: Facts): Facts {
  return Object.fromEntries(
    Object.keys({ ...before, ...after })
      .filter((name) => before[name] !== after[name])
      .map((name) => [name, `${before[name]} -> ${after[name]}`]),
  );
}

if (isMainThread) {
  const parameters = readParameters<Parameters>();
  // a thread beside those that start something: it must stay as it is, too
  const idle = new Worker('setInterval(() => {}, 1000)', { eval: true });
  await once(idle, 'online');
  if (parameters.worker) {
    const worker = new Worker(new URL(import.meta.url), { workerData: parameters });
    const [seen] = await once(worker, 'message');
    say(seen);
  } else {
    say(await look(parameters));
  }
  await idle.terminate();
} else {
  parentPort?.postMessage(await look(workerData));
}
