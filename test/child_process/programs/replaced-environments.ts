import { seen, show } from './told-environment.js';

/** Tells the environment of a child for everything that may stand in the place of process.env. */
export function tellReplaced(): void {
  const original = process.env;
  const objects: Readonly<Record<string, unknown>> = {
    'an object': { T_OTHER: '1', PATH: original['PATH'] },
    'an empty one': {},
    'one that inherits': Object.create(
      { T_INHERITED: '1', PATH: original['PATH'] },
      { T_OWN: { value: '2', enumerable: true } },
    ),
    'one that inherits from the original': Object.create(original),
    'a proxy': new Proxy(original, {}),
    'a virtual one': new Proxy(
      {},
      {
        ownKeys: () => ['T_VIRTUAL'],
        get: (_target, key) => (key === 'T_VIRTUAL' ? 'yes' : undefined),
        getOwnPropertyDescriptor: () => ({ value: 'yes', enumerable: true, configurable: true }),
      },
    ),
    'one of another directory': { T_OTHER: '1', PATH: '/no/such' },
    'one that inherits what gathers coverage': Object.create(
      { NODE_V8_COVERAGE: '/tmp/T_', T_INHERITED: '1' },
      { T_OWN: { value: '2', enumerable: true, writable: true } },
    ),
    'one that holds a NUL byte': { T_A: 'x\0y' },
    undefined: undefined,
    null: null,
    'a number': 5,
    text: 'T_',
  };
  const results: string[] = [];
  for (const [what, object] of Object.entries(objects)) {
    process.env = object as NodeJS.ProcessEnv;
    results.push(`${what}: ${seen()}`, `${what}, given: ${seen({ env: process.env })}`);
    process.env = original;
  }
  Object.defineProperty(process, 'env', {
    get: () => ({ T_GOT: '1', PATH: original['PATH'] }),
    configurable: true,
  });
  results.push(`a getter: ${seen()}`);
  Object.defineProperty(process, 'env', { value: { T_FIXED: '1' }, configurable: true });
  results.push(`one that cannot be set: ${seen()}`);
  Object.defineProperty(process, 'env', {
    value: original,
    writable: true,
    enumerable: true,
    configurable: true,
  });
  console.log(results.join('\n'));
  show('the original again');
}
