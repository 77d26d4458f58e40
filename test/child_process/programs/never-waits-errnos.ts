// An exec that fails late by each of some errors.
import { constants } from 'node:os';
import { readParameters } from '../../support/in-program.js';
import { cp } from './door.js';
import { letGo, startHeld } from './gate.js';
import { storyOf, tellAll } from './story.js';

const { names } = readParameters<{ names: readonly (keyof typeof constants.errno)[] }>();

await tellAll(
  Object.fromEntries(
    names.map((name) => [
      name,
      async () => {
        const child = startHeld(() => cp.spawn('/bin/cat'));
        let error: NodeJS.ErrnoException | undefined;
        let fields: unknown;
        child.on('error', (emitted) => {
          error = emitted;
          fields = [child.pid, child.exitCode, child.signalCode, child.kill()];
        });
        const story = storyOf(child);
        letGo(constants.errno[name]);
        const { events } = await story;
        const { cause } = error as { cause?: { name?: string; code?: string; step?: string } };
        return { events, message: error?.message, fields, cause: [cause?.name, cause?.code, cause?.step] };
      },
    ]),
  ),
);
