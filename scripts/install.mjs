// Installs what tests and scripts need beside the lock file. Prints a line "NAME PLACE" on stdout for each that is there.
// What cannot be had is said on stderr ("MISSING: …"); only of a row that is `required` is it a failure. The table is
// scripts/lib/installables.mjs. This runs before `npm ci`: it imports nothing but Node and its own files.
import { parseArgs } from 'node:util';
import { Unreachable } from './lib/debian.mjs';
import { installables } from './lib/installables.mjs';
import { Failure, main } from './lib/project.mjs';

const usage = `usage: node scripts/install.mjs [--installed] WHAT…
WHAT is a name from the list below, or the name of a line that one of these prints, such as node-22.
  --installed   installs nothing: prints what is there
`;

await main(() => {
  const { values, positionals } = parseArgs({
    options: { installed: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  if (values.help || positionals.length === 0) return printList();
  for (const chosen of positionals.map(choose)) provide(chosen, values.installed);
});

function printList() {
  console.log(usage);
  for (const [name, { what, place, names, tests = [], use }] of Object.entries(installables)) {
    const users = [...tests.map((test) => `test/${test}`), ...(use ? [use] : [])];
    console.log(`${name}\n    ${what}\n    prints ${names.join(' ')}`);
    console.log(`    goes to ${place}; for ${users.join(', ')}`);
  }
}

/** A row, and which of its names are wanted. */
function choose(what) {
  const own = installables[what];
  if (own) return { row: own, title: what, names: own.names };
  const row = Object.values(installables).find(({ names }) => names.includes(what));
  if (row) return { row, title: what, names: [what] };
  throw new Failure(`there is no ${what} to install: ${Object.keys(installables).join(', ')}`);
}

function provide({ row, title, names }, onlyLook) {
  let trouble;
  try {
    if (!onlyLook) row.install(names);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    trouble = error;
  }
  const found = row.find();
  const missing = names.filter((name) => !found.has(name));
  for (const name of names) if (found.has(name)) console.log(`${name} ${found.get(name)}`);

  if (trouble && missing.length === 0) console.error(`NOT RENEWED: ${title}: ${trouble.message}`);
  else if (missing.length > 0 && (trouble || !onlyLook || row.required))
    console.error(
      `MISSING: ${missing.join(', ')}: ${trouble?.message ?? `node scripts/install.mjs ${title}`}`,
    );
  // A system that cannot reach Debian's archives has nothing to test there.
  const isFailure = row.required && (trouble || missing.length > 0) && !(trouble instanceof Unreachable);
  if (isFailure) process.exitCode = 1;
}
