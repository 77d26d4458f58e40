import { tellReplaced } from './replaced-environments.js';

tellReplaced();
