// The tables of the attributes in docs/, between `<!-- attributes:NAME -->` and `<!-- /attributes:NAME -->`: made from
// lib/attributes/, the only place where they are written.

export const pages = ['docs/attributes.md', 'docs/posix-spawn.md', 'docs/child_process.md', 'docs/cli.md'];

/** `text` with its tables made anew. */
export function withAttributeTables(text, attributes) {
  return text.replace(
    /(<!-- attributes:([\w-]+) -->\n)[\s\S]*?(<!-- \/attributes:\2 -->)/g,
    (_, begin, name, end) => `${begin}\n${tables[name](attributes)}\n\n${end}`,
  );
}

const tables = {
  'posix-spawn': (attributes) =>
    options(
      attributes.filter(({ doors }) => doors.posix === 'own'),
      (texts) => texts.posix,
    ),
  'drop-in': (attributes) =>
    options(
      attributes.filter(({ doors }) => doors.dropIn === 'own'),
      (texts) => texts.dropIn ?? texts.posix,
    ),
  all: (attributes) =>
    table(
      ['option', 'values', 'default', 'errors', 'kernel', 'cost'],
      attributes.map((attribute) => {
        const { name, documentation: texts } = attribute;
        return [
          code(name),
          texts.shape,
          texts.default.posix || texts.default.dropIn,
          texts.errors ?? '',
          texts.kernel ?? '',
          texts.cost ?? costOf(attribute),
        ];
      }),
    ),
  flags: (attributes) =>
    table(
      ['option', 'as in [the options](posix-spawn.md#options)', ''],
      attributes.flatMap(({ name, commandLine }) =>
        commandLine === null ? [] : [[flags(commandLine), code(name), commandLine.about ?? '']],
      ),
    ),
  elsewhere: (attributes) =>
    table(
      ['option', 'POSIX', 'command', 'systemd', 'Go', 'Python'],
      attributes
        .filter(({ like }) => Object.keys(like).length > 0)
        .map(({ name, like }) => [
          code(name),
          ...[like.posix, like.utilLinux, like.systemd, like.go, like.python].map((other) =>
            other ? code(other) : '',
          ),
        ]),
    ),
};

function costOf({ phase, steps, memory }) {
  if (memory === 'own') return 'own memory';
  if (memory === 'copy') return 'a copy of the memory';
  return phase === 'call' || steps === null ? 'none' : 'a call';
}

function options(attributes, defaultOf) {
  return table(
    ['option', 'shape', 'default', 'meaning'],
    attributes.map(({ name, documentation: { shape, default: texts, meaning } }) => [
      code(name),
      shape,
      defaultOf(texts),
      meaning,
    ]),
  );
}

function flags({ flags: list }) {
  return list.map(({ name, value }) => code(value === null ? `--${name}` : `--${name} ${value}`)).join(', ');
}

function table(columns, rows) {
  const cell = (text) => (text === '' ? ' ' : ` ${text.replaceAll('|', '\\|')} `);
  const line = (cells) => `|${cells.map(cell).join('|')}|`;
  return [line(columns), `|${columns.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

function code(text) {
  return `\`${text}\``;
}
