import 'forkless/child_process';
