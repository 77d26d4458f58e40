import { expect } from 'chai';
import type { Door } from './oracle.js';
import { same } from './oracle.js';

interface Result {
  readonly error: unknown;
  readonly stdout: unknown;
  readonly stderr: unknown;
}

function run(cp: Door, script: string, options: object): Promise<Result> {
  return new Promise((resolve) => {
    cp.execFile('/bin/sh', ['-c', script], options, (error: unknown, stdout: unknown, stderr: unknown) =>
      resolve({ error, stdout, stderr }),
    );
  });
}

describe('the output that exec and execFile gather', () => {
  const text = 'printf "\\\\141\\\\303\\\\244\\\\342\\\\202\\\\254\\\\377z"'; // aä€, a byte that is no UTF-8, z
  for (const encoding of [
    ...[
      'utf8',
      'utf-8',
      'UTF-8',
      'latin1',
      'binary',
      'ascii',
      'hex',
      'base64',
      'base64url',
      'ucs2',
      'utf16le',
    ],
    ...['buffer', 'Buffer', 'nonsense', '', null, undefined, false, 5, {}],
  ])
    same(
      `is of encoding ${String(JSON.stringify(encoding))}`,
      (cp) => run(cp, `${text}; ${text} >&2`, { encoding }),
      ({ error, stdout, stderr }) => {
        expect(error).to.equal(null);
        expect(stdout).to.deep.equal(stderr);
        expect(stdout).to.have.length.above(0);
      },
    );
  same(
    'is whole where a character comes in pieces',
    (cp) => run(cp, "printf '\\303'; sleep 0.02; printf '\\244\\342'; sleep 0.02; printf '\\202\\254'", {}),
    ({ stdout }) => expect(stdout).to.equal('ä€'),
  );
  same(
    'may end in the middle of a character',
    (cp) => run(cp, "printf 'a\\303'; printf 'b\\342\\202' >&2", {}),
    ({ stdout, stderr }) => expect([stdout, stderr]).to.deep.equal(['a\ufffd', 'b\ufffd']),
  );

  describe('up to maxBuffer', () => {
    for (const [stream, redirect] of [
      ['stdout', ''],
      ['stderr', '>&2'],
    ] as const) {
      for (const [what, script, maxBuffer, isTooMuch] of [
        ['exactly', 'printf 12345', 5, false],
        ['one less', 'printf 1234', 5, false],
        ['one over', 'printf 123456', 5, true],
        ['nothing for 0', 'true', 0, false],
        ['one for 0', 'printf 1', 0, true],
        ['much for Infinity', 'head -c 2000000 /dev/zero', Number.POSITIVE_INFINITY, false],
        ['a part of a number', 'printf 123456', 5.5, true],
        ['in two pieces', 'printf 123; sleep 0.05; printf 456', 4, true],
        ['characters of two bytes, exactly', "printf '\\303\\244\\303\\244'", 4, false],
        ['characters of two bytes, over', "printf '\\303\\244\\303\\244\\303\\244'", 4, true],
        ['characters of two bytes, in the middle of one', "printf '\\303\\244\\303\\244'", 3, true],
        ['without end', 'exec yes', 100_000, true],
      ] as const)
        for (const encoding of ['utf8', 'buffer', 'latin1'])
          same(
            `${what}, on ${stream}, as ${encoding}`,
            async (cp) => {
              const result = await run(cp, `(${script}) ${redirect}`, { maxBuffer, encoding });
              return what === 'without end'
                ? { ...result, sizes: [size(result.stdout), size(result.stderr)] }
                : result;
            },
            ({ error }) => {
              if (!isTooMuch) expect(error).to.equal(null);
              else
                expect(error).to.include({
                  code: 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER',
                  message: `${stream} maxBuffer length exceeded`,
                });
            },
          );
    }
    for (const options of [{}, { maxBuffer: undefined }, { maxBuffer: null }, { encoding: 'buffer' }])
      for (const bytes of [1024 * 1024, 1024 * 1024 + 1])
        same(
          `${bytes} bytes with ${JSON.stringify(options)}`,
          async (cp) => {
            const { error, stdout } = await run(cp, `head -c ${bytes} /dev/zero`, options);
            return { error, size: size(stdout) };
          },
          ({ size: length }) => expect(length).to.be.at.most(1024 * 1024 + 1),
        );
    same(
      'applies to both streams at once',
      (cp) => run(cp, 'printf 123456; printf 1234 >&2; exit 2', { maxBuffer: 5 }),
      ({ error }) => expect(error).to.have.property('code', 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER'),
    );
    same(
      'ends what writes more by killSignal',
      async (cp) => {
        const ends = await new Promise((resolve) => {
          const child = cp.exec(
            'echo more than that; exec sleep 30',
            { maxBuffer: 10, killSignal: 'SIGKILL' },
            () => {},
          );
          child.on('exit', (...args) => resolve(args));
        });
        return ends;
      },
      (ends) => expect(ends).to.deep.equal([null, 'SIGKILL']),
    );
  });

  same(
    'may change its encoding on the way',
    (cp) =>
      new Promise<Result>((resolve) => {
        const child = cp.execFile(
          '/bin/sh',
          ['-c', "printf '\\303\\244'"],
          { encoding: 'buffer' },
          (error: unknown, stdout: unknown, stderr: unknown) => resolve({ error, stdout, stderr }),
        );
        child.stdout?.setEncoding('hex');
      }),
    ({ stdout }) => expect(stdout).to.equal('c3a4'),
  );
  same(
    'is also heard by listeners on the streams',
    (cp) =>
      new Promise<unknown>((resolve) => {
        const heard: unknown[] = [];
        const child = cp.execFile('echo', ['text'], (error: unknown, stdout: unknown) =>
          resolve([error, stdout, heard]),
        );
        child.stdout?.on('data', (chunk) => heard.push(chunk));
      }),
    (found) => expect(found).to.deep.equal([null, 'text\n', ['text\n']]),
  );
  same(
    'comes when the pipes are closed, not at the exit',
    (cp) => run(cp, '(sleep 0.05; echo late) & echo early', {}),
    ({ stdout }) => expect(stdout).to.equal('early\nlate\n'),
  );
  same(
    'is empty where the child closed its pipes at once',
    (cp) => run(cp, 'exec >&- 2>&-; exit 3', {}),
    ({ error, stdout }) => {
      expect(error).to.have.property('code', 3);
      expect(stdout).to.equal('');
    },
  );
});

function size(output: unknown): number {
  return typeof output === 'string' || output instanceof Uint8Array ? output.length : -1;
}
