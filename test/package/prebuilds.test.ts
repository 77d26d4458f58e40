import { execFile } from 'node:child_process';
import { appendFileSync, cpSync, rmSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { at } from '../support/paths.js';
import { tempPath } from '../support/temp.js';

const execute = promisify(execFile);

/** What `npm run prebuild` prints with these arguments, and how it ends. */
async function prebuild(...args: string[]): Promise<{ code: number; said: string }> {
  // The environment of the npm that runs the tests is none for the compilation.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(?:npm_|FORKLESS_)/i.test(name)),
  );
  try {
    const { stdout, stderr } = await execute(process.execPath, [at('scripts/prebuild.mjs'), ...args], {
      env,
      maxBuffer: 2 ** 24,
    });
    return { code: 0, said: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, said: stdout + stderr };
  }
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

  it('are for two architectures; for another there is one clear error', async () => {
    expect(await prebuild('--arch', 'riscv64')).to.deep.equal({
      code: 1,
      said: 'forkless: there is no binary for riscv64, but for x64 and arm64\n',
    });
  });
});
