// Preloaded: changes node:child_process, or what Node shows of itself, as other code does.
import { replaceable as cp, kept } from './observed.js';
import { preloadedParameters } from './preloaded-parameters.js';

const changes = {
  nothing() {},
  'stubs without a promise form'() {
    for (const name in cp) if (name !== 'ChildProcess') cp[name] = () => {};
  },
  'functions missing'() {
    delete cp['exec'];
    delete cp['fork'];
  },
  'values of other kinds'() {
    Object.assign(cp, { exec: null, execFile: 5, spawn: 'text', fork: {}, spawnSync: undefined });
  },
  'a promise form of another kind'() {
    const exec = () => {};
    Object.defineProperty(exec, Symbol.for('nodejs.util.promisify.custom'), { value: null });
    cp['exec'] = exec;
  },
  'a frozen module'() {
    Object.freeze(cp);
  },
  'no class'() {
    delete cp['ChildProcess'];
  },
  'another class'() {
    cp['ChildProcess'] = class {};
  },
  'a class that is none'() {
    cp['ChildProcess'] = undefined;
  },
  'two read-only functions'() {
    Object.defineProperty(cp, 'exec', { writable: false });
    const { spawnSync } = cp;
    Object.defineProperty(cp, 'spawnSync', { get: () => spawnSync });
  },
  'a stub of exec'() {
    kept.exec = cp['exec'];
    cp['exec'] = () => {};
  },
  'no process.binding'() {
    Object.assign(process, {
      binding() {
        throw new Error('refused');
      },
    });
  },
  'process.noDeprecation'() {
    process.noDeprecation = false;
  },
};
export type Change = keyof typeof changes;

changes[preloadedParameters<Change>(import.meta.url)]();
kept.before = { ...cp };
