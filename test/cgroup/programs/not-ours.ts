// For places.test.ts: a user who may write the file of the controllers, but make nothing in the folder.
import { readFileSync } from 'node:fs';
import { makePlace } from '#lib/cgroup/place.js';
import { readParameters, say } from '../../support/in-program.js';

const { mount } = readParameters<{ mount: string }>();
const hierarchy = { version: 2, controllers: ['memory'], root: '/', mount, own: mount } as const;
const code = await makePlace(hierarchy, ['memory'], null, 'new').then(
  () => 'made',
  (error) => error.code,
);
say({ code, after: readFileSync(`${mount}/cgroup.subtree_control`, 'utf8') });
