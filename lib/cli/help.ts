import { flagsHelp } from './flags-help.js';

export const help = `forkless: starts processes on Linux without fork

  forkless explain [option…] COMMAND [ARG…]
      prints the steps of a start, one a line; starts nothing
  forkless doctor [--json]
      says whether processes can be started here, in which way, and what
      is in the way of a better one
  forkless help explain|doctor
      the options of one of these
  forkless version

To read on: README.md and docs/README.md, in the folder of the package.
`;

export const explainHelp = `forkless explain [--spawn] [--json] [option…] COMMAND [ARG…]

Prints what the child would do in posixSpawn (posixSpawnp if COMMAND has no
slash), with --spawn in spawn of forkless/child_process, with --json as data.

${flagsHelp()}
  with --spawn, as in Node: --stdio LIST  --shell  --detached  --argv0 NAME

LIST: values divided by commas, such as 0,1,5 or SIGINT,SIGTERM or ignore,pipe
Example: forkless explain --cwd /tmp --open 1:a:log --dup2 1:2 make -j4
`;

export const doctorHelp = `forkless doctor [--json]

Starts Node on each rung, the four ways to make a child, and says in its first
line whether all is well (OK) or what is wrong (WARNING, ERROR). Then: whether
forkless/child_process works here, hooks of other code that it has found, and
the limits for processes and descriptors. --json prints the same as data.
Exits with 1 if no process can be started.
`;
