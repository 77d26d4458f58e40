import { release } from 'node:os';

/** From Linux 6.15 on the pidfd of a process that somebody else reaped still tells how it ended. */
export const kernelTells = (() => {
  const [major = 0, minor = 0] = release().split('.').map(Number);
  return major > 6 || (major === 6 && minor >= 15);
})();

/** For the scripts: `count` starts, ten at a time, each as one word: its code, its signal, 'unknown' or an error. */
export const lanes = `
  import { FileActions, posixSpawn, posixSpawnSync } from 'forkless';
  async function outcome(start, path, argv, options) {
    try {
      const child = await start(path, argv, options);
      const { code, signal, reapedElsewhere, resourceUsage } = await child.exited;
      if (reapedElsewhere !== (resourceUsage === null)) return 'usage does not fit';
      return String(code ?? signal ?? (reapedElsewhere ? 'unknown' : 'nothing'));
    } catch (error) {
      return error.step === undefined ? String(error) : error.code;
    }
  }
  async function outcomes(count, attempt) {
    const list = [];
    const lane = async () => { while (list.length < count) { const at = list.push('') - 1; list[at] = await attempt(at); } };
    await Promise.all(Array.from({ length: 10 }, lane));
    return list;
  }`;
