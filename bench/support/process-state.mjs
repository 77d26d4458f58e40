// What a spawn could leave behind in this process, asked of the kernel.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** What each open descriptor leads to, without the one that this question itself opens. */
export function openDescriptors() {
  const open = [];
  for (const fd of readdirSync('/proc/self/fd')) {
    try {
      open.push(`${fd} ${readlinkSync(`/proc/self/fd/${fd}`)}`);
    } catch {
      // the folder was listed through it, and it is closed by now
    }
  }
  return open;
}

/** Pids of our children, zombies included. */
export function children() {
  return readdirSync('/proc').filter((entry) => /^\d+$/.test(entry) && parentOf(entry) === process.pid);
}

function parentOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 4).split(' ', 1)[0]);
  } catch {
    return -1;
  }
}

/** The blocked signals of the calling thread, as 16 hexadecimal digits. */
export function signalMask() {
  return statusField('SigBlk');
}

/** Resident memory in bytes. */
export function residentMemory() {
  return Number.parseInt(statusField('VmRSS'), 10) * 1024;
}

function statusField(name) {
  return readFileSync('/proc/thread-self/status', 'latin1').match(new RegExp(`^${name}:\\s*(.*)$`, 'm'))[1];
}

export function snapshot() {
  return { descriptors: openDescriptors(), children: children(), signalMask: signalMask() };
}

/** What `after` has that `before` had not; an empty list is the only good answer. */
export function leftBehind(before, after) {
  const known = new Set(before.descriptors);
  const left = after.descriptors.filter((entry) => !known.has(entry));
  for (const pid of after.children) if (!before.children.includes(pid)) left.push(`process ${pid}`);
  if (after.signalMask !== before.signalMask) left.push(`signal mask ${after.signalMask}`);
  return left;
}
