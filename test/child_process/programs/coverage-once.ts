import { cp } from './door.js';

process.env['NODE_V8_COVERAGE'] = '/tmp/of-the-parent';
const env = Object.create({ NODE_V8_COVERAGE: 'inherited', OTHER: 'inherited too' });
const child = cp.spawn('/usr/bin/env', [], { env });
child.stdout.setEncoding('utf8');
let seen = '';
for await (const text of child.stdout) seen += text;
console.log(seen.split('\n').sort().join(' '));
