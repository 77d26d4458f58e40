import * as node from 'node:child_process';
import { ignoring, synchronous, withPipes } from './child-process.mjs';

export const ways = {
  node: ignoring(node),
  nodePipes: withPipes(node),
  nodeSync: synchronous(node),
};
