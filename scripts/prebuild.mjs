// npm run prebuild: compiles csrc/ into prebuilds/linux-<arch>/forkless.node, one file for every Node and every libc, and
// puts its debug symbols into build/debug/. By default for every architecture, with cross compilers.
//   --arch ARCH    only this architecture
//   --out FOLDER   puts prebuilds/ and build/debug/ there
//   --check        changes nothing (except in FOLDER); fails if the sources give other bytes than those in prebuilds/
//   --pinned       fails if the tools are not those that made the repository's binaries
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import {
  architectures,
  binaryOf,
  buildId,
  enterMade,
  pinnedTools,
  requirePrebuilds,
} from './lib/prebuilds.mjs';
import { install } from './lib/prepare.mjs';
import { at, Failure, main, outputOf, run, runNode, toolEnv } from './lib/project.mjs';

/** The variables that the build keeps: where programs and temporary files are, and how to reach the registry. */
const NEEDED =
  /^(?:PATH|HOME|TMPDIR|CI|npm_execpath|(?:npm_config_)?(?:https?_proxy|no_?proxy)|npm_config_(?:globalconfig|userconfig|cafile|registry|proxy))$/i;

await main(async () => {
  const { values } = parseArgs({
    options: {
      arch: { type: 'string', multiple: true, default: Object.keys(architectures) },
      out: { type: 'string' },
      check: { type: 'boolean', default: false },
      pinned: { type: 'boolean', default: false },
    },
  });
  const wrong = values.arch.find((arch) => !Object.hasOwn(architectures, arch));
  if (wrong !== undefined)
    throw new Failure(`there is no binary for ${wrong}, but for ${Object.keys(architectures).join(' and ')}`);
  install();
  const compilers = values.arch.map(compilerFor);
  const tools = compilers.map(versionOf);
  const other = tools.find((version) => version !== pinnedTools);
  if (values.pinned && other !== undefined) throw new Failure(`${pinnedTools} are needed, here are ${other}`);

  const out = values.out && path.resolve(values.out);
  if (values.check) await check(values.arch, compilers, tools, out);
  else await makeAll(values.arch, compilers, tools, out ?? at());
});

async function makeAll(archs, compilers, tools, out) {
  for (const [index, arch] of archs.entries()) {
    const made = await make(arch, compilers[index], tools[index], out);
    enterMade(path.join(out, 'prebuilds'), arch, tools[index]);
    console.log(`made ${path.relative(process.cwd(), made)} (${tools[index]})`);
  }
  if (tools.some((version) => version !== pinnedTools))
    console.log(`not for the repository: that has what ${pinnedTools} make`);
}

async function check(archs, compilers, tools, stay) {
  requirePrebuilds();
  const other = tools.find((version) => version !== pinnedTools);
  if (other !== undefined) {
    console.log(`NOT COMPARED: prebuilds/ was made by ${pinnedTools}, here is ${other}`);
    return;
  }
  const out = stay ?? mkdtempSync(path.join(os.tmpdir(), 'forkless-compare-'));
  try {
    for (const [index, arch] of archs.entries()) {
      const made = await make(arch, compilers[index], tools[index], out);
      if (!readFileSync(made).equals(readFileSync(at('prebuilds', binaryOf(arch)))))
        throw new Failure(`prebuilds/${binaryOf(arch)} is not what the source gives: npm run prebuild`);
      console.log(`prebuilds/${binaryOf(arch)} is what the source gives`);
    }
  } finally {
    if (out !== stay) rmSync(out, { recursive: true, force: true });
  }
}

/** Builds in a copy of the sources, because prebuildify moves the result out of build/Release, where tests need it. */
async function make(arch, compiler, tools, out) {
  const { default: prebuildify } = await import('prebuildify');
  const workshop = mkdtempSync(path.join(os.tmpdir(), 'forkless-prebuild-'));
  try {
    for (const source of ['csrc', 'binding.gyp', 'package.json']) {
      cpSync(at(source), path.join(workshop, source), { recursive: true });
    }
    // Copied, not linked: with a link, a path of this machine would get into the debug symbols.
    const headers = 'node_modules/node-addon-api';
    cpSync(at(headers), path.join(workshop, headers), { recursive: true });
    // prebuildify passes this environment on. Compiler flags and settings of the caller would change the binary.
    for (const name of Object.keys(process.env)) if (!NEEDED.test(name)) delete process.env[name];
    Object.assign(process.env, {
      HOME: toolEnv().HOME,
      CC: `${compiler}gcc`,
      CXX: `${compiler}g++`,
      // The build id is made from the source. The linker would make it from the debug information, which contains the
      // headers of the system's libc. So the same source gives the same bytes under any version of Node.
      LDFLAGS: `-Wl,--build-id=0x${buildId(arch, tools)}`,
    });
    await promisify(prebuildify)({
      cwd: workshop,
      out,
      arch,
      platform: 'linux',
      napi: true,
      strip: false,
      nodeGyp: at('scripts/node-gyp.mjs'),
      targets: [process.versions.node],
      cache: path.join(workshop, 'headers'),
    });
  } finally {
    rmSync(workshop, { recursive: true, force: true });
  }

  const made = path.join(out, 'prebuilds', binaryOf(arch));
  if (!existsSync(made)) throw new Failure(`prebuildify did not make ${made}`);
  splitDebug(made, `${compiler}objcopy`, path.join(out, 'build/debug', `${binaryOf(arch)}.debug`));
  return made;
}

/** Moves the debug symbols into a file of their own. A debugger finds it by the build id that both files have. */
function splitDebug(binary, objcopy, debug) {
  mkdirSync(path.dirname(debug), { recursive: true });
  run(objcopy, ['--only-keep-debug', binary, debug]);
  run(objcopy, ['--strip-all', binary]);
  chmodSync(debug, 0o644);
}

/** The prefix of the compiler's name: Debian's triple, or nothing for this machine's own compiler and architecture. */
function compilerFor(arch) {
  const triple = `${architectures[arch]}-`;
  if (works(`${triple}g++`)) return triple;
  if (arch === process.arch && works('g++')) return '';
  runNode(at('scripts/install.mjs'), [`${triple}g++`]);
  if (works(`${triple}g++`)) return triple;
  throw new Failure(
    `${triple}g++ is needed to make the binary for ${arch} (Debian: g++-${triple.slice(0, -1).replace('_', '-')})`,
  );
}

function works(program) {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
}

function versionOf(compiler) {
  const [, linker] =
    /(\d+\.\d+(?:\.\d+)?)\s*$/m.exec(outputOf(`${compiler}ld`, ['--version']).split('\n')[0]) ?? [];
  const [c, cxx] = ['gcc', 'g++'].map((name) => outputOf(`${compiler}${name}`, ['-dumpfullversion']).trim());
  return `gcc ${c}, g++ ${cxx}, binutils ${linker}`;
}
