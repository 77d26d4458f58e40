// A guest: an emulated machine that boots, runs its part of the tests, and says what came of it.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const MARK = 'forkless-guest: ';
const BOOT_SECONDS = 300;

/**
 * Resolves with { figures, trouble }: figures as the reporter writes them, undefined where it came to none; trouble,
 * undefined or what else went wrong. Each line of its console goes to `print`.
 */
export function runGuest({ kernel, initrd, part, limitSeconds, print }) {
  const qemu = spawn('qemu-system-aarch64', machine({ kernel, initrd, part }), {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const kill = () => qemu.kill('SIGKILL');
  process.once('exit', kill);

  let figures, exit, trouble;
  let deadline;
  const expect = (what, seconds) => {
    clearTimeout(deadline);
    deadline = setTimeout(() => {
      trouble = `${what} within ${seconds} s`;
      kill();
    }, seconds * 1000);
  };
  expect('it did not boot', BOOT_SECONDS);
  const read = (line) => {
    const text = line.trimEnd();
    if (!text.startsWith(MARK)) return print(text);
    const [what, ...value] = text.slice(MARK.length).split(' ');
    if (what === 'up') expect('its tests did not end', limitSeconds);
    if (what === 'exit') exit = Number(value[0]);
    if (what === 'figures') figures = JSON.parse(value.join(' '));
  };
  for (const stream of [qemu.stdout, qemu.stderr]) createInterface(stream).on('line', read);

  return new Promise((resolve) => {
    qemu.once('error', (error) => {
      trouble = error.message;
    });
    qemu.once('close', () => {
      clearTimeout(deadline);
      process.off('exit', kill);
      if (exit === undefined) trouble ??= 'it stopped before its tests were done';
      else if (figures === undefined) trouble ??= `its tests ended with ${exit} and no figures`;
      else if (exit !== 0 && figures.failed === 0)
        trouble ??= `no test failed, and yet they ended with ${exit}`;
      resolve({ figures, trouble });
    });
  });
}

function machine({ kernel, initrd, part }) {
  return [
    // Pointer authentication with QEMU's own cipher: the architected one takes half of the time.
    ...['-M', 'virt', '-cpu', 'max,pauth-impdef=on', '-accel', 'tcg,thread=multi'],
    // One processor: with two in each of two guests, on a machine of two, all takes three times as long, since QEMU lets
    // each wait for the other at every change of memory that they share.
    ...['-smp', '1', '-m', '2560'],
    ...['-nodefaults', '-no-reboot', '-display', 'none', '-nic', 'none', '-serial', 'stdio'],
    ...['-kernel', kernel, '-initrd', initrd],
    ...['-append', `console=ttyAMA0 loglevel=3 panic=-1 init=/init forkless.part=${part}`],
  ];
}
