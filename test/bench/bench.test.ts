import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { at } from '../support/paths.js';
import { runNode } from '../support/run-node.js';
import { tempPath } from '../support/temp.js';

interface Figure {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
}

interface Point {
  readonly ways: Readonly<Record<string, Readonly<Record<string, Figure>>>>;
}

type Axis = 'memory' | 'descriptors' | 'inFlight' | 'live';

type Results = Readonly<Record<Axis, readonly Point[]>> & { readonly faults: readonly string[] };

const page = 'docs/performance.md';
const readme = 'README.md';
const picture = 'docs/images/bench.svg';
const stored = 'bench/results.json';

/** Those that are there wherever the tests run; each with figures that it has at each point of the axis. */
const expected: Readonly<Record<Axis, Readonly<Record<string, readonly string[]>>>> = {
  memory: {
    posixSpawn: ['held', 'execed', 'exited'],
    posixSpawnInheriting: ['held', 'execed', 'exited'],
    posixSpawnSync: ['held', 'execed', 'exited'],
    dropIn: ['held', 'execed', 'exited'],
    dropInPipes: ['held', 'execed', 'exited'],
    dropInSync: ['held', 'exited'],
    node: ['held', 'execed', 'exited'],
    nodePipes: ['held', 'execed', 'exited'],
    nodeSync: ['held', 'exited'],
    posix_spawn: ['held', 'execed', 'exited'],
    vfork: ['held', 'execed', 'exited'],
    fork: ['held', 'exited'],
  },
  descriptors: {
    posixSpawn: ['held', 'perSecond'],
    dropIn: ['perSecond'],
    node: ['perSecond'],
    vfork: ['perSecond'],
  },
  inFlight: {
    posixSpawn: ['perSecond', 'delayP99'],
    dropIn: ['perSecond'],
    node: ['delayP99'],
    fork: ['perSecond'],
  },
  live: { posixSpawn: ['start', 'end', 'endTogether'], node: ['start'], posix_spawn: ['end'] },
};

describe('the benchmark', function () {
  this.timeout(180_000);

  it('measures every contender on every axis, writes what the papers show, and leaves nothing behind', async () => {
    const folder = tempPath('bench');
    const { code, stdout, stderr } = await bench('--smoke', '--json', '--write', '--out', folder);
    expect(code, stderr).to.equal(0);
    const results: Results = JSON.parse(stdout);
    expect(results.faults).to.deep.equal([]);
    for (const axis of ['memory', 'descriptors', 'inFlight', 'live'] as const) {
      expect(results[axis], axis).to.have.length(2);
      for (const point of results[axis]) expect(missing(point, expected[axis]), axis).to.deep.equal([]);
    }
    expect(wrongTag(readFileSync(join(folder, picture), 'utf8'))).to.equal(undefined);
    expect(readFileSync(join(folder, page), 'utf8'))
      .to.include('| forkless posixSpawn |')
      .and.not.include('Not measured');
  });

  it('has made the picture and the tables of the pages from the results beside it', async () => {
    expect(existsSync(at(stored))).to.equal(true);
    const folder = tempPath('bench');
    const { code, stderr } = await bench('--from', at(stored), '--write', '--out', folder);
    expect(code, stderr).to.equal(0);
    for (const file of [page, readme, picture])
      expect(readFileSync(join(folder, file), 'utf8'), file).to.equal(readFileSync(at(file), 'utf8'));
  });
});

function bench(...args: string[]) {
  return runNode(pathToFileURL(at('bench/index.mjs')), { args, deadlineMs: 170_000 });
}

/** The figures that are not there, or hold nothing. */
function missing({ ways }: Point, wanted: Readonly<Record<string, readonly string[]>>): string[] {
  return Object.entries(wanted).flatMap(([way, figures]) =>
    figures.filter((figure) => !isThere(ways[way]?.[figure])).map((figure) => `${way}: ${figure}`),
  );
}

function isThere(figure: Figure | undefined): boolean {
  return figure !== undefined && figure.count > 0 && figure.p50 >= 0 && figure.p50 <= figure.p99;
}

/** The first tag that opens or closes at the wrong place, or holds what XML does not allow. */
function wrongTag(svg: string): string | undefined {
  const open: string[] = [];
  for (const [tag, close, name = '', rest = ''] of svg.matchAll(/<(\/?)([A-Za-z]+)([^<>]*)>/g)) {
    if (!/^(?:\s+[\w:-]+="[^"<]*")*\s*\/?$/.test(rest)) return tag;
    if (close === '/') {
      if (open.pop() !== name) return tag;
    } else if (!rest.endsWith('/')) {
      open.push(name);
    }
  }
  const text = svg.replaceAll(/<[^<>]*>/g, '');
  return open.at(-1) ?? /[<>]|&(?!amp;|lt;|gt;)/.exec(text)?.[0];
}
