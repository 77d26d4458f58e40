import { tellAllWays } from './all-ways.js';

await tellAllWays();
