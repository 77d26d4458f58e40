import { flagsHelp } from './flags-help.js';

export const help = `forkless: starts processes on Linux without fork

  forkless explain [option…] COMMAND [ARG…]   the steps of a start, one a line; starts nothing
  forkless doctor [--json]                    what this machine offers, and what is done where it does not
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

Starts a program in each of the ways that forkless knows, and says which of them this system lets through, what is used
in their place, and which limits hold. Ends with 1 where no process can be started.
`;
