// run.js NAME: the checks of NAME.js in this runtime; says their outcomes as JSON, and then ends by itself.
import type { Checks } from './checks.js';
import { outcomesOf } from './checks.js';

const { checks }: { checks: Checks } = await import(`./${process.argv[2]}.js`);
const outcomes = await outcomesOf(checks);
console.log(JSON.stringify(outcomes));
