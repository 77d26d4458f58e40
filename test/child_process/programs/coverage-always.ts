import { cp } from './door.js';

const shown = async (options: object) => {
  const child = cp.spawn('/bin/sh', ['-c', 'echo "$NODE_V8_COVERAGE"'], options);
  for await (const text of child.stdout) process.stdout.write(text);
};
process.env['NODE_V8_COVERAGE'] = '/tmp/of-the-parent';
await shown({ env: { A: '1' } });
await shown({ env: { NODE_V8_COVERAGE: 'own' } });
await shown({ env: { NODE_V8_COVERAGE: '' } });
await shown({ env: { NODE_V8_COVERAGE: undefined } });
await shown({ env: Object.create({ NODE_V8_COVERAGE: 'inherited' }) });
await shown({});
process.env['NODE_V8_COVERAGE'] = '';
await shown({ env: {} });
