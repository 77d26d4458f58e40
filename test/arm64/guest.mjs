// A guest is an emulated machine that boots, runs its part of the tests, and reports the result on its console.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const MARK = 'forkless-guest: ';
const BOOT_SECONDS = 300;

/**
 * Runs a guest. Resolves with { figures, trouble }: `figures` as the reporter writes them, undefined if there are none;
 * `trouble`, what went wrong apart from failed tests, or undefined. `print` gets each line of the console.
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
    // Pointer authentication with QEMU's own cipher: emulating the architected one takes half of the time.
    ...['-M', 'virt', '-cpu', 'max,pauth-impdef=on', '-accel', 'tcg,thread=multi'],
    // One processor. With two in each of two guests, on a machine with two, everything takes three times as long, because
    // in QEMU each processor waits for the other whenever their shared memory mappings change.
    ...['-smp', '1', '-m', '2560'],
    ...['-nodefaults', '-no-reboot', '-display', 'none', '-nic', 'none', '-serial', 'stdio'],
    ...['-kernel', kernel, '-initrd', initrd],
    ...['-append', `console=ttyAMA0 loglevel=3 panic=-1 init=/init forkless.part=${part}`],
  ];
}
