// Node's own functions again, in the Node whose libuv starts processes by posix_spawn: its figures have their own names.
import { ways as node } from './node.mjs';

export const ways = { sid: node.node, sidPipes: node.nodePipes, sidSync: node.nodeSync };
