import { cp } from './door.js';

process.setgroups?.([1, 2, 3]);
const show = async (options: object) => {
  const child = cp.spawn('/bin/grep', ['-E', '^(Uid|Gid|Groups):', '/proc/self/status'], options);
  for await (const text of child.stdout) process.stdout.write(text);
};
await show({});
await show({ uid: 65534 });
await show({ gid: 5 });
await show({ uid: 65534, gid: 5 });
await show({ uid: 0 });
