// Halts within its start of a child, right after the child was started.
import { createHook } from 'node:async_hooks';
import { workerData } from 'node:worker_threads';
import { spawn } from 'forkless/child_process';

const { shared }: { shared: Int32Array } = workerData;
let armed = false;
createHook({
  init(_id, type) {
    if (type !== 'TickObject' || !armed) return;
    armed = false;
    Atomics.store(shared, 0, 1);
    Atomics.notify(shared, 0);
    for (;;);
  },
}).enable();
armed = true;
spawn('/bin/sleep', ['100']);
