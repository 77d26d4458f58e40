import { flagsHelp } from './flags-help.js';

export const help = `forkless: starts processes on Linux without fork

  forkless explain [option…] COMMAND [ARG…]   the steps of a start, one a line; starts nothing
  forkless doctor [--json]                    what works on this machine, and what is used instead of what does not
  forkless help COMMAND                       the options of one of these
  forkless --version
`;

export const explainHelp = `forkless explain [option…] COMMAND [ARG…]

The plan that posixSpawn would run for COMMAND, and posixSpawnp where it has no slash; with --spawn the plan of spawn of
forkless/child_process. Nothing is started.

${flagsHelp()}
LIST: numbers, or signals as SIGINT,SIGTERM, divided by commas.
Example: forkless explain --cwd /tmp --open 1:a:/tmp/log --dup2 1:2 make -j4
`;

export const doctorHelp = `forkless doctor [--json]

Starts a program on each rung, the four ways to make a child. Shows which of them work here, which one is used, and the
limits for processes and descriptors. Exits with 1 if no process can be started.
`;
