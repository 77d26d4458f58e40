// For capabilities.test.ts and placement.test.ts: how /bin/true starts with these options at every door.
import type { SpawnAttributes } from 'forkless';
import { readParameters, say } from '../../support/in-program.js';
import { atEveryDoor } from '../../support/outcomes.js';

say(await atEveryDoor(['/bin/true'], readParameters<SpawnAttributes>()));
