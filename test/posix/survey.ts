import { differencesOf, referenceOf, runBattery } from './refusals-run.js';
const cpus = 4;
const jobs: any[] = JSON.parse(process.argv[2] as string);
let index = 0;
const show = (v: unknown) => JSON.stringify(v)?.slice(0, 160);
async function lane() {
  while (index < jobs.length) {
    const job = jobs[index++];
    const ref = await referenceOf(job);
    const t = performance.now();
    const d = differencesOf(await runBattery(job), ref);
    console.log(`${d.length === 0 ? 'SAME' : 'DIFF'} ${job.rules.join(' ')} ${job.moment} ${JSON.stringify(job.env ?? {})} ${Math.round(performance.now() - t)}ms${d.length ? ` ${d.length}\n` : ''}${d.slice(0, 12).map((x) => `      ${x.title}: ${show(x.value)}`).join('\n')}`);
  }
}
await Promise.all(Array.from({ length: cpus }, lane));
