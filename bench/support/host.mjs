// How to talk to a host: a process that answers each line with one line of JSON.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const ANSWER_WITHIN = 240_000;

/** A host under its setting. `ask` one question after the other. */
export class Host {
  #child;
  #lines;
  #description;

  /**
   * Resolves when it is warmed up, for so many milliseconds for each way, and has its memory and descriptors; `setting`
   * then says how much it really has.
   */
  static async start(description, { bytes, descriptors, warmUp }) {
    const [program, ...args] = description.command;
    const child = spawn(program, [...args, `${bytes}`, `${descriptors}`], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, DENO_NO_UPDATE_CHECK: '1', BENCH_WARM_UP: `${warmUp}`, ...description.env },
    });
    const host = new Host();
    host.#description = description;
    host.#child = child;
    host.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    child.on('error', () => {}); // its standard output ends, too, and that is told
    child.stdin.on('error', () => {}); // so it does when it has died
    host.setting = await host.#answer();
    return host;
  }

  ask(...words) {
    this.#child.stdin.write(`${words.join(' ')}\n`);
    return this.#answer(words.join(' '));
  }

  /** @returns what it has left behind, of ours. */
  async end() {
    this.#child.stdin.end();
    const { left } = this.#description.ours ? await this.#answer('the end') : { left: [] };
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit');
    return left;
  }

  kill() {
    this.#child.kill('SIGKILL');
  }

  async #answer(question = 'its start') {
    const timer = setTimeout(() => this.kill(), ANSWER_WITHIN);
    const { value, done } = await this.#lines.next();
    clearTimeout(timer);
    if (done) throw new Error(`${this.#description.name} died or was silent too long: ${question}`);
    return JSON.parse(value);
  }
}
