import { dropIn } from '../../register/programs/kit.js';
import { say } from '../../support/in-program.js';

say(dropIn());
