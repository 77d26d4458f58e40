// Installs Node as Debian's suite "sid" has it, and prints a line "sid <path> <version> <version of libuv>". Where there
// is no apt, or the archives cannot be read, that is said on stderr, nothing is printed, and it is no failure.
import { Unreachable } from './lib/debian.mjs';
import { debianNodeObstacle, installDebianNode } from './lib/debian-node.mjs';
import { Failure, main, outputOf } from './lib/project.mjs';

/** The first that starts processes by posix_spawn. */
const OLDEST_LIBUV = '1.53.0';

await main(() => {
  const obstacle = debianNodeObstacle();
  if (obstacle !== null) return skip(obstacle);
  let program;
  try {
    program = installDebianNode();
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    return skip(error.message);
  }
  const [version, libuv] = outputOf(program, ['-p', '[process.version, process.versions.uv].join(" ")'])
    .trim()
    .split(' ');
  if (libuv.localeCompare(OLDEST_LIBUV, 'en', { numeric: true }) < 0)
    throw new Failure(`${program} has libuv ${libuv}, and ${OLDEST_LIBUV} or later is what it is for`);
  console.log(`sid ${program} ${version} ${libuv}`);
});

function skip(reason) {
  console.error(`SKIPPED: Node of Debian sid: ${reason}`);
}
