// Writes cpio archives ("newc"), which the kernel unpacks into memory at boot. Archives may be concatenated. The program
// cpio is not used: not every system has it, and the files must belong to root whoever runs this.
import { closeSync, lstatSync, openSync, readdirSync, readFileSync, readlinkSync, writeSync } from 'node:fs';
import path from 'node:path';

const FOLDER = 0o040755;
const FILE = 0o100000;
const LINK = 0o120777;

/** Writes an archive to `file`. Calls `fill` with the functions that add to it. */
export function writeArchive(file, fill) {
  const fd = openSync(file, 'w');
  const made = new Set(['.']);
  let inode = 0;

  const write = (name, mode, content) => {
    inode += 1;
    const nameBytes = Buffer.from(`${name}\0`);
    const numbers = [inode, mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0, nameBytes.length, 0];
    const header = `070701${numbers.map((number) => number.toString(16).padStart(8, '0')).join('')}`;
    writeAll(fd, padded(Buffer.concat([Buffer.from(header), nameBytes])));
    writeAll(fd, padded(content));
  };
  const addFolder = (name) => {
    if (made.has(name)) return;
    addFolder(path.dirname(name)); // the kernel does not make missing parents
    made.add(name);
    write(name, name === 'tmp' ? FOLDER | 0o1777 : FOLDER, Buffer.alloc(0));
  };
  const addFile = (name, content, mode = 0o644) => {
    addFolder(path.dirname(name));
    write(name, FILE | mode, Buffer.from(content));
  };
  const addLink = (name, target) => {
    addFolder(path.dirname(name));
    write(name, LINK, Buffer.from(target));
  };
  /** Adds a file, or a folder with everything in it for which `wanted` is true. */
  const addTree = (name, source, wanted = () => true) => {
    const status = lstatSync(source);
    if (status.isSymbolicLink()) addLink(name, readlinkSync(source));
    else if (status.isFile()) addFile(name, readFileSync(source), status.mode & 0o7777);
    else if (status.isDirectory()) {
      if (name !== '.') addFolder(name);
      for (const entry of readdirSync(source).sort()) {
        const place = path.join(name, entry);
        if (wanted(place)) addTree(place, path.join(source, entry), wanted);
      }
    }
  };

  try {
    fill({ addFolder, addFile, addLink, addTree });
    write('TRAILER!!!', 0, Buffer.alloc(0));
  } finally {
    closeSync(fd);
  }
}

function padded(bytes) {
  return Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
}

function writeAll(fd, bytes) {
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
}
