import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, cpSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { at } from '../support/paths.js';
import { tempPath } from '../support/temp.js';

const execute = promisify(execFile);

/** What `npm run prebuild` prints with these arguments, and how it ends. */
function prebuild(...args: string[]): Promise<{ code: number; said: string }> {
  return prebuildIn(at(''), ...args);
}

function prebuildIn(root: string, ...args: string[]): Promise<{ code: number; said: string }> {
  return run(path.join(root, 'scripts/prebuild.mjs'), ...args);
}

async function run(script: string, ...args: string[]): Promise<{ code: number; said: string }> {
  // What the caller has set for other compilations must not get into this one.
  const others = { CFLAGS: '-O0', LDFLAGS: '-s', V: '1', npm_config_debug: 'true', npm_config_arch: 'ia32' };
  const env = { ...process.env, ...others };
  try {
    const { stdout, stderr } = await execute(process.execPath, [script, ...args], {
      env,
      maxBuffer: 2 ** 24,
    });
    return { code: 0, said: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, said: stdout + stderr };
  }
}

function digest(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

async function troubles(folder: string): Promise<string[]> {
  const script = `
    import { prebuildTroubles } from ${JSON.stringify(at('scripts/lib/prebuilds.mjs'))};
    console.log(JSON.stringify(prebuildTroubles(${JSON.stringify(folder)})));
  `;
  const { stdout } = await execute(process.execPath, ['--input-type=module', '--eval', script]);
  return JSON.parse(stdout);
}

describe('the binaries in the repository', function () {
  this.timeout(240_000);

  it('are what the source gives, byte for byte', async function () {
    const { code, said } = await prebuild('--check');
    expect(code, said).to.equal(0);
    const unlike = /^NOT COMPARED: .*$/m.exec(said);
    if (unlike) {
      console.error(`      ${unlike[0]}`);
      this.skip();
    }
    expect(
      said.match(/^prebuilds\/linux-(?:x64|arm64)\/forkless\.node is what the source gives$/gm),
    ).to.have.length(2);
  });

  it('are missed, and told from others, without a compiler', async () => {
    const folder = tempPath('prebuilds');
    cpSync(at('prebuilds'), folder, { recursive: true });
    try {
      expect(await troubles(folder)).to.deep.equal([]);
      appendFileSync(path.join(folder, 'linux-x64/forkless.node'), 'x');
      rmSync(path.join(folder, 'linux-arm64'), { recursive: true });
      const wrong = 'is missing or is not the one of prebuilds/manifest.json';
      expect(await troubles(folder)).to.deep.equal([
        `prebuilds/linux-x64/forkless.node ${wrong}`,
        `prebuilds/linux-arm64/forkless.node ${wrong}`,
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('are compared with what the source gives: neither another byte nor another source passes', async function () {
    const clone = tempPath('clone');
    for (const part of ['csrc', 'scripts', 'prebuilds', 'binding.gyp', 'package.json', 'package-lock.json'])
      cpSync(at(part), path.join(clone, part), { recursive: true });
    symlinkSync(at('node_modules'), path.join(clone, 'node_modules'));
    try {
      const { said } = await prebuildIn(clone, '--check', '--arch', 'x64');
      if (said.includes('NOT COMPARED')) return this.skip();
      const binary = path.join(clone, 'prebuilds/linux-x64/forkless.node');
      const manifest = path.join(clone, 'prebuilds/manifest.json');
      const content = readFileSync(binary);
      const before = digest(content);
      content.writeUInt8(content.readUInt8(content.length - 1) ^ 1, content.length - 1);
      writeFileSync(binary, content);
      writeFileSync(manifest, readFileSync(manifest, 'utf8').replace(before, digest(content)));
      expect(await prebuildIn(clone, '--check', '--arch', 'x64')).to.include({ code: 1 });

      appendFileSync(path.join(clone, 'csrc/core/child.c'), '/* changed */\n');
      const older = 'was made of other sources than csrc/';
      expect((await prebuildIn(clone, '--check')).said).to.include(
        `prebuilds/linux-x64/forkless.node ${older}; prebuilds/linux-arm64/forkless.node ${older}`,
      );
      const pack = await run(path.join(clone, 'scripts/pack.mjs'), '--out', clone);
      expect(pack.code).to.equal(1);
      expect(pack.said).to.include(older);
    } finally {
      rmSync(clone, { recursive: true });
    }
  });

  it('are for two architectures; for another there is one clear error', async () => {
    expect(await prebuild('--arch', 'riscv64')).to.deep.equal({
      code: 1,
      said: 'forkless: there is no binary for riscv64, but for x64 and arm64\n',
    });
  });
});
