// node run.mjs PROGRAM: prints what the work of a program came to, and how many starts went through forkless.
import { doWork } from './kit.mjs';

const { scenarios } = await import(`./${process.argv[2]}.mjs`);
const outcomes = await doWork(scenarios);
const { features } = await import('forkless');
const starts = Object.values(features().rungs).reduce((sum, count) => sum + count, 0);
process.stdout.write(JSON.stringify({ outcomes, starts }));
