// Runs in the guest before the tests. Fails unless the packed binary for arm64 starts a child on the first rung.
import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import { features, posixSpawn } from 'forkless';

const child = await posixSpawn('/bin/true', ['true'], { cloexecDefault: true });
const { code } = await child.exited;
const { arch, binary, rung } = features();
const binaryIsArm64 = readFileSync(binary).readUInt16LE(18) === 183; // e_machine: EM_AARCH64
console.log(`Linux ${release()}, Node ${process.version}, ${arch}, ${binary}: on rung ${rung}`);
if (
  arch !== 'arm64' ||
  !binaryIsArm64 ||
  !binary.includes('/prebuilds/linux-arm64/') ||
  rung !== 1 ||
  code !== 0
)
  throw new Error('this is not the packed binary for arm64 on its first rung');
