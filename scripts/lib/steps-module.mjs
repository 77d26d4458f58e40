// The text of lib/plan/steps.ts, formatted as biome wants it.
import { parseSteps } from './steps-def.mjs';

const WIDTH = 110;
const NAMED = ['SOURCE', 'TARGET', 'KEPT'];

export function stepsModule(definition) {
  const { steps, stages } = parseSteps(definition);
  return `${[
    header,
    union(steps),
    names(stages),
    table('stepTable', 'StepName', steps, 'The position of a step is its number on the wire.'),
    table('stageTable', 'StageName', stages, 'Stages are numbered on from the steps.'),
    fdOf(steps),
    targetOf(steps),
    highestNamed(steps),
    pathOf(steps),
    valuesOf(steps),
    writer,
    writeStep(steps),
  ].join('\n\n')}\n`;
}

const header = `// Generated from csrc/core/steps.def by \`npm run generate\`: change that, not this.
import type { Bytes } from '../bytes.js';`;

function union(steps) {
  const members = steps.map(({ name, fields }) => {
    const properties = [`readonly op: '${name}'`].concat(
      fields.map(({ property, type }) => `readonly ${property}: ${type}`),
    );
    const line = `  | { ${properties.join('; ')} }`;
    return line.length < WIDTH
      ? line
      : `  | {\n${properties.map((property) => `      ${property};`).join('\n')}\n    }`;
  });
  return `/** One operation of the child. The union is the whole language: no conditions, no jumps. */
export type StepFields =
${members.join('\n')};`;
}

function names(stages) {
  return `/** @inline */
export type StepName = StepFields['op'];

/**
 * Moments of a start that are not steps of the list, but can fail all the same.
 * @inline
 */
export type StageName =
${stages.map(({ name }) => `  | '${name}'`).join('\n')};

interface Operation<Name extends string> {
  readonly name: Name;
  /** The system call that fails when this operation does. */
  readonly syscall: string;
}`;
}

function table(constant, type, operations, comment) {
  const lines = operations.map(({ name, syscall }) => `  { name: '${name}', syscall: '${syscall}' },`);
  return `/** ${comment} */
export const ${constant}: readonly Operation<${type}>[] = Object.freeze([
${lines.join('\n')}
]);`;
}

/** A function of a step, by its operation; steps with the same answer share it. */
function byOperation(comment, signature, steps, answer, otherwise) {
  const cases = new Map();
  for (const step of steps) {
    const expression = answer(step);
    if (expression !== otherwise) cases.set(expression, [...(cases.get(expression) ?? []), step.name]);
  }
  const lines = [...cases].flatMap(([expression, operations]) => [
    ...operations.map((name) => `    case '${name}':`),
    `      return ${expression};`,
  ]);
  return `/** ${comment} */
export function ${signature} {
  switch (step.op) {
${lines.join('\n')}
    default:
      return ${otherwise};
  }
}`;
}

function fdOf(steps) {
  return byOperation(
    'The descriptor that the step reads, opens, closes or changes.',
    'fdOf(step: StepFields): number | undefined',
    steps,
    ({ fields }) => propertiesOf(fields, NAMED)[0] ?? 'undefined',
    'undefined',
  );
}

function targetOf(steps) {
  return byOperation(
    'The number that the step leaves open for the program, or closed, if it is about one.',
    'targetOf(step: StepFields): number | undefined',
    steps,
    ({ fields }) => propertiesOf(fields, ['ONTO', 'TARGET', 'KEPT'])[0] ?? 'undefined',
    'undefined',
  );
}

function highestNamed(steps) {
  return byOperation(
    'The report pipe must lie above this. Ranges step around it instead.',
    'highestNamed(step: StepFields): number',
    steps,
    ({ fields }) => {
      const named = propertiesOf(fields, [...NAMED, 'ONTO']);
      return named.length > 1 ? `Math.max(${named.join(', ')})` : (named[0] ?? '-1');
    },
    '-1',
  );
}

function pathOf(steps) {
  return byOperation(
    'The file that an error of the step is about.',
    'pathOf(step: StepFields): Bytes | undefined',
    steps,
    ({ fields }) => propertiesOf(fields, ['PATH'])[0] ?? 'undefined',
    'undefined',
  );
}

function valuesOf(steps) {
  return byOperation(
    'What a person wants to read of the step, in order. Of bytes how many they are.',
    'valuesOf(step: StepFields): readonly (number | bigint | null | readonly number[] | Bytes)[]',
    steps,
    ({ fields }) =>
      `[${fields.map(({ kind, property }) => `step.${property}${kind === 'BLOB' ? '.length' : ''}`).join(', ')}]`,
    '[]',
  );
}

const writer = `/** Takes a step apart: first \`begin\`, then its data in the order of the wire. */
export interface StepWriter {
  begin(op: number, fd: number, arg: number, arg2: number): void;
  u64(number: bigint): void;
  list(numbers: readonly number[]): void;
  blob(bytes: Uint8Array): void;
  string(text: Bytes): void;
}`;

const calls = { U64: 'u64', MAYBE_U64: 'u64', LIST: 'list', BLOB: 'blob', PATH: 'string', STRING: 'string' };

function writeStep(steps) {
  const cases = steps.flatMap(({ name, fields }, number) => {
    const places = ['fd', 'arg', 'arg2'].map((place) => {
      const field = fields.find((candidate) => candidate.place === place);
      return field ? `step.${field.property}` : '0';
    });
    const maybes = propertiesOf(fields, ['MAYBE_U64']);
    if (maybes.length > 0)
      places[2] = maybes.map((value, bit) => `(${value} === null ? 0 : ${1 << bit})`).join(' | ');
    const data = fields.filter(({ place }) => place === undefined);
    return [
      `    case '${name}':`,
      `      to.begin(${[number, ...places].join(', ')});`,
      ...data.map(
        ({ kind, property }) =>
          `      to.${calls[kind]}(step.${property}${kind === 'MAYBE_U64' ? ' ?? 0n' : ''});`,
      ),
      '      break;',
    ];
  });
  return `export function writeStep(step: StepFields, to: StepWriter): void {
  switch (step.op) {
${cases.join('\n')}
    default:
      throw new Error(\`no such step: \${step satisfies never}\`);
  }
}`;
}

/** As expressions, in the order of the fields. */
function propertiesOf(fields, kinds) {
  return fields.filter(({ kind }) => kinds.includes(kind)).map(({ property }) => `step.${property}`);
}
