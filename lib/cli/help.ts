export const help = `forkless: starts processes on Linux without fork

  forkless explain [option…] COMMAND [ARG…]   the steps of a start, one a line; starts nothing
  forkless doctor [--json]                    what this machine offers, and what is done where it does not
  forkless help COMMAND                       the options of one of these
  forkless --version
`;

export const explainHelp = `forkless explain [option…] COMMAND [ARG…]

The plan that posixSpawn would run for COMMAND, and posixSpawnp where it has no slash. Nothing is started.

  --cwd DIR              --umask MODE, octal       --cloexec-default
  --env NAME=VALUE       in addition to the environment; --clear-env before: in its place
  --fds LIST             0,1,- : what becomes 0, 1, 2, … of the child; - is closed
  --setsid               --pgroup N                --reset-ids
  --uid N  --gid N       --groups LIST
  --sigmask LIST         --sigdefault LIST or all  --sigignore LIST     SIGINT,SIGTERM
  --sched-policy NAME    --sched-priority N

File actions, in the order in which they are given:

  --open FD:FLAGS:PATH   as fs.open: 1:w:/tmp/log  --dup2 FD:NEWFD
  --close FD             --closefrom FD            --inherit FD
  --chdir DIR            --fchdir FD               --tcsetpgrp FD

Example: forkless explain --cwd /tmp --open 1:a:/tmp/log --dup2 1:2 make -j4
`;

export const doctorHelp = `forkless doctor [--json]

Starts a program in each of the ways that forkless knows, and says which of them this system lets through, what is used
in their place, and which limits hold. Ends with 1 where no process can be started.
`;
