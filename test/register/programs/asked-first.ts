// For first-start.test.ts: what features() says of a drop-in that has started nothing.
import 'forkless/child_process';
import { features } from 'forkless';
import { say } from '../../support/in-program.js';

say(features().childProcess);
