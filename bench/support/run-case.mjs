// The far side of fresh-process.mjs.
const [name, options] = process.argv.slice(2);
const { default: measure } = await import(`../cases/${name}.mjs`);
process.stdout.write(JSON.stringify(await measure(JSON.parse(options))));
