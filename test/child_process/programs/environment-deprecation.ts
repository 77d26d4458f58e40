import { show } from './told-environment.js';

process.env = { T_OTHER: '1', PATH: process.env['PATH'] };
show('replaced');
(process as unknown as { binding(name: string): unknown }).binding('process_wrap');
