import { show } from './told-environment.js';

show('before');
process.env['T_ADDED'] = 'ä';
delete process.env['T_PLAIN'];
show('after');
process.env['T_TWICE'] = 'set';
show('set');
delete process.env['T_TWICE'];
show('deleted');
for (const key of Object.keys(process.env)) delete process.env[key];
show('all deleted');
process.env['T_LAST'] = '1';
show('one added');
