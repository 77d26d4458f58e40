// For --require: another machine, as far as a program asks, that notes who looks at Linux all the same.
const fs = require('node:fs');
const { syncBuiltinESMExports } = require('node:module');
const os = require('node:os');

const { platform = process.platform, arch = process.arch, release } = JSON.parse(process.env.DISGUISE);

/** Files of /proc and /sys that were asked for, and native files that were loaded. */
const seen = [];
globalThis.seen = seen;

for (const name of [
  'readFileSync',
  'openSync',
  'readdirSync',
  'existsSync',
  'statSync',
  'lstatSync',
  'readlinkSync',
]) {
  const original = fs[name];
  fs[name] = (file, ...rest) => {
    if (/^\/(?:proc|sys)\b/.test(String(file))) seen.push(String(file));
    return original(file, ...rest);
  };
}
const { dlopen } = process;
process.dlopen = (module, file, ...rest) => {
  seen.push(String(file));
  return dlopen.call(process, module, file, ...rest);
};

Object.defineProperty(process, 'platform', { value: platform });
Object.defineProperty(process, 'arch', { value: arch });
Object.assign(os, { platform: () => platform, arch: () => arch, ...(release && { release: () => release }) });
syncBuiltinESMExports();
