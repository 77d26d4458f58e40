import { show } from './told-environment.js';

process.env['NODE_V8_COVERAGE'] = '/tmp/parent';
const inherited = { T_INHERITED: '1', NODE_V8_COVERAGE: 'T_hidden', T_LAST: '2' };
for (const own of [{ T_OWN: '3' }, { NODE_V8_COVERAGE: 'T_own' }, { NODE_V8_COVERAGE: undefined }, {}])
  show(Object.keys(own).join(), { env: Object.assign(Object.create(inherited), own) });
