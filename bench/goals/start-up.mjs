// What the package adds to a Node process.
import { startUpKinds } from '../start-up.mjs';
import { absolute } from './figures.mjs';

/** Of processor time; by line of Node. */
const limits = {
  20: { require: 6, import: 7, worker: 5, firstStart: 12, childProcess: 8 },
  24: { require: 7, import: 8, worker: 6, firstStart: 12, childProcess: 8 },
};

export function startUpGoals({ startUp }) {
  return startUpKinds.flatMap(({ kind, title }) =>
    startUp.map(({ line, ways }) => {
      const limit = limits[line]?.[kind];
      return absolute(`${title}, Node ${line}`, limit ? `≤ ${limit} ms` : '', ways[kind]?.processor);
    }),
  );
}
