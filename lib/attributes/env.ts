import type { Bytes } from '../bytes.js';
import { isOwnEnvironment } from '../engine/environ.js';
import type { PlanEnvironment } from '../plan/vocabulary.js';
import { checkBytes, checkEach, checkObject, invalidArgType, invalidArgValue } from '../validate.js';
import { attribute } from './attribute.js';
import type { Codec, Wrong } from './codecs.js';
import { wrong } from './codecs.js';
import type { CommandLine } from './flags.js';
import { wrongFlag } from './flags.js';

export interface EnvOption {
  /**
   * The environment. An object gives `KEY=value` in its own order, undefined values left out; an array is envp as it
   * is, duplicates included. Default: `process.env`. Source: environ(7).
   */
  env?: Readonly<Record<string, string | undefined>> | readonly Bytes[] | undefined;
}

const TYPE = 'ERR_INVALID_ARG_TYPE';
const VALUE = 'ERR_INVALID_ARG_VALUE';

const environment: Codec<PlanEnvironment> = {
  check(name, value) {
    if (Array.isArray(value)) return checkEach(name, value, checkBytes);
    return environmentOf(name, checkObject(name, value));
  },
  wrong: () =>
    [
      ...[null, 5, 'A=1', true, 5n, Symbol('x'), () => {}].map((value) => wrong(TYPE, String(value), value)),
      ...[1, null, true, 5n, {}, Symbol('x')].map((value) =>
        wrong(TYPE, `a variable that is ${String(value)}`, { A: value }, '.A'),
      ),
      wrong(VALUE, 'a key with "="', { 'A=B': 'c' }),
      wrong(VALUE, 'a value with a null byte', { A: 'b\0c' }),
      wrong(VALUE, 'a key with a null byte', { 'A\0': 'b' }),
      wrong(TYPE, 'an array with a number', ['A=1', 5], '[1]'),
      wrong(TYPE, 'an array with undefined', ['A=1', undefined], '[1]'),
      wrong(TYPE, 'an array with a hole', new Array(1), '[0]'),
      wrong(VALUE, 'an array with a null byte', ['A=\0'], '[0]'),
      wrong(VALUE, 'an array with a null byte in bytes', [Uint8Array.of(0x41, 0)], '[0]'),
    ] satisfies Wrong[],
};

function environmentOf(name: string, env: object): PlanEnvironment {
  return isOwnEnvironment(env) ? 'environ' : variablesOf(name, env);
}

function variablesOf(name: string, env: object): readonly string[] {
  const list: string[] = [];
  for (const [key, value] of Object.entries(env) as [string, unknown][]) {
    if (value === undefined) continue;
    if (typeof value !== 'string') throw invalidArgType(`${name}.${key}`, 'of type string', value);
    if (key.includes('=')) throw invalidArgValue(name, key, 'must have keys without "="');
    const variable = `${key}=${value}`;
    if (variable.includes('\0')) throw invalidArgValue(`${name}.${key}`, value, 'must be without null bytes');
    list.push(variable);
  }
  return list;
}

const commandLine: CommandLine<Readonly<Record<string, string | undefined>>> = {
  flags: [
    { name: 'env', value: 'NAME=VALUE' },
    { name: 'clear-env', value: null },
  ],
  about: 'adds a variable; starts without any',
  parse(given) {
    const clear = given.some(({ flag }) => flag === 'clear-env');
    const pairs = given.filter(({ flag }) => flag === 'env').map(({ text }) => pairOf(text));
    return { ...(clear ? {} : process.env), ...Object.fromEntries(pairs) };
  },
};

function pairOf(text: string): readonly [string, string] {
  const end = text.indexOf('=');
  if (end < 1) throw wrongFlag(`--env takes NAME=VALUE, not ${text}`);
  return [text.slice(0, end), text.slice(end + 1)];
}

export const env = attribute<EnvOption>()({
  name: 'env',
  kind: 'option',
  doors: { posix: 'own', dropIn: 'node' },
  codec: environment,
  right: () => [{}, { A: 'b', C: undefined }, [], ['A=b', Uint8Array.of(0x41, 0x3d)], process.env],
  phase: 'call',
  memory: 'shared',
  set(settings, checked) {
    settings.environment = checked;
  },
  setAbsent(settings) {
    settings.environment = environmentOf('process.env', process.env);
  },
  documentation: {
    errors: 'E2BIG of `execve`',
    shape: 'object, or array of `Bytes`',
    default: { posix: '`process.env`' },
    meaning:
      'The environment. An object gives `KEY=value` in its own order; undefined values are left out; keys must not contain `=`. An array is envp as it is, duplicates included.',
  },
  commandLine,
  like: { posix: 'envp', systemd: 'Environment=', go: 'ProcAttr.Env', python: 'env' },
});
