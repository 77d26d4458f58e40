// What a program can write to look as if it were permitted to start processes.
const ANSWER = 'spawnSync /bin/true';

export const lies = {
  'adds a flag to process.execArgv'() {
    process.execArgv.push('--permission-audit');
  },
  'sets NODE_OPTIONS'() {
    process.env['NODE_OPTIONS'] = '--permission-audit';
  },
  'replaces process.permission.has'() {
    Object.assign((process as unknown as { permission: object }).permission, { has: () => true });
  },
  'takes process.permission away'() {
    Reflect.deleteProperty(process, 'permission');
    Reflect.defineProperty(process, 'permission', { value: undefined });
    const real = process as unknown as Record<PropertyKey, unknown>;
    replaceProcess(
      new Proxy(
        {},
        {
          get: (_target, key) => (key === 'permission' ? undefined : real[key]),
          has: (_target, key) => key in real,
        },
      ),
    );
  },
  'puts an object that inherits from process in its place'() {
    replaceProcess(Object.create(process, { permission: { value: undefined } }));
  },
  'puts a copy of process in its place'() {
    const {
      permission: _,
      stdin: _in,
      ...copied
    }: PropertyDescriptorMap = Object.getOwnPropertyDescriptors(process);
    const copy = Object.create(Object.getPrototypeOf(process));
    replaceProcess(copy);
    for (const [name, { value, get }] of Object.entries(copied)) if (get === undefined) copy[name] = value;
  },
  'puts the answer of the system on Object.prototype'() {
    Object.assign(Object.prototype, { syscall: ANSWER });
  },
  'puts the answer of the system on Error.prototype'() {
    Object.assign(Error.prototype, { syscall: ANSWER });
  },
  'writes the answer of the system into the error of Node'() {
    for (const name of ['permission', 'resource'])
      Object.defineProperty(Object.prototype, name, {
        configurable: true,
        set() {
          Object.defineProperty(this, 'syscall', { value: ANSWER, configurable: true });
        },
      });
  },
  async 'replaces spawnSync of node:child_process'() {
    Object.assign((await import('node:child_process')).default, { spawnSync: () => ({}) });
  },
  async 'replaces execFileSync of node:child_process'() {
    Object.assign((await import('node:child_process')).default, { execFileSync: () => ({}) });
  },
};

function replaceProcess(other: object): void {
  Object.assign(globalThis, { process: other });
}
