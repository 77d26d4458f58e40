import { show } from './told-environment.js';

process.noDeprecation = false;
for (const [key, value] of [
  ['getEnvPairs', () => ['T_POLLUTED=1']],
  ['child_process', 'options.env || process.env;'],
  ['get', () => 'T_GOT'],
] as const)
  Object.defineProperty(Object.prototype, key, {
    __proto__: null,
    value,
    configurable: true,
    writable: true,
  } as PropertyDescriptor);
process.env = Object.create({ T_INHERITED: '1', PATH: process.env['PATH'] }, {
  __proto__: null,
  T_OWN: { __proto__: null, value: '2', enumerable: true },
} as unknown as PropertyDescriptorMap);
show('replaced');
console.log(process.noDeprecation);
