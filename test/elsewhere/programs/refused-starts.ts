import { existsSync } from 'node:fs';

/** The doors, loaded when they are asked for. */
export async function loadDoors() {
  return { ...(await import('forkless')), dropIn: (await import('forkless/child_process')).default };
}

/**
 * What comes of a start by each: a code, and what was refused. An empty path too, which Node refuses as an argument
 * before it asks for any permission. And whether a child has made the file.
 */
export async function tryStarts(
  { FileActions, posixSpawn, posixSpawnSync, dropIn }: Awaited<ReturnType<typeof loadDoors>>,
  made: string,
): Promise<{ codes: unknown[]; made: boolean }> {
  const codes: unknown[] = [];
  for (const start of [posixSpawn, posixSpawnSync])
    for (const path of ['/bin/true', Buffer.from('/bin/true'), ''])
      try {
        await start(path, ['true'], { fileActions: new FileActions().addOpen(9, made, 'w') });
        codes.push('started');
      } catch (error) {
        const { code, resource } = error as { code?: unknown; resource?: unknown };
        codes.push([code, resource]);
      }
  try {
    dropIn.spawn('/bin/true').on('error', () => {});
    codes.push('started');
  } catch (error) {
    codes.push((error as NodeJS.ErrnoException).code);
  }
  return { codes, made: existsSync(made) };
}
