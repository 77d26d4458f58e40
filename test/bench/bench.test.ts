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

interface NodePoint extends Point {
  readonly version: string;
}

type Results = Readonly<Record<Axis, readonly Point[]>> & {
  readonly faults: readonly string[];
  readonly leftOut: readonly string[];
  readonly nodes: readonly NodePoint[];
  readonly nodesLimit: Point;
  readonly slow: Readonly<Record<'held' | 'cold', Point>>;
  readonly startUp: readonly NodePoint[];
};

const page = 'docs/performance.md';
const otherPages = ['docs/register.md', 'README.md'];
const picture = 'docs/images/bench.svg';
const stored = 'bench/results.json';

/** Those that are there wherever the tests run; each with figures that it has at each point of the axis. */
const expected: Readonly<Record<Axis, Readonly<Record<string, readonly string[]>>>> = {
  memory: {
    posixSpawn: ['held', 'execed', 'exited'],
    posixSpawnInheriting: ['held', 'execed', 'exited'],
    posixSpawnSync: ['held', 'execed', 'exited'],
    dropIn: ['held', 'exited'],
    dropInPipes: ['held', 'exited'],
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

const held = ['held', 'exited', 'perSecond', 'burst'];
const onEachNode = {
  posixSpawn: [...held, 'execed'],
  dropIn: held,
  dropInPipes: held,
  dropInWaiting: held,
  node: held,
  nodePipes: held,
};
const withSlowExec = {
  posixSpawn: ['held', 'execed', 'exited'],
  dropIn: ['held', 'exited'],
  dropInPipes: ['held', 'exited'],
  node: ['held', 'execed', 'exited'],
  posix_spawn: ['held', 'execed', 'exited'],
  fork: ['held', 'exited'],
};
const loading = ['require', 'import', 'worker', 'firstStart', 'childProcess'];

describe('the benchmark', function () {
  this.timeout(300_000);

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
    expectNodes(results);
    const left = { held: /^an exec that takes 50 ms: /, cold: /^a cold program of 126 MB: / };
    for (const what of ['held', 'cold'] as const) {
      // only root can hold an exec back, and only a file on a disk can be cold
      if (results.leftOut.some((entry) => left[what].test(entry)))
        expect(results.slow[what].ways).to.deep.equal({});
      else expect(missing(results.slow[what], withSlowExec), what).to.deep.equal([]);
    }
    for (const [way, { exited }] of Object.entries(results.slow.held.ways))
      expect(exited?.p50, `${way}, an exec of 50 ms`).to.be.at.least(50_000);
    expectStartUp(results);
    expect(wrongTag(readFileSync(join(folder, picture), 'utf8'))).to.equal(undefined);
    const written = readFileSync(join(folder, page), 'utf8');
    expect(written).to.include('| forkless posixSpawn |').and.include('| `--require forkless/register` |');
    const measured = Object.values(results.slow).some(({ ways }) => Object.keys(ways).length > 0);
    expect(written.split('Not measured').length - 1).to.equal(measured ? 0 : 1);
  });

  it('has made the picture and the tables of the pages from the results beside it', async () => {
    expect(existsSync(at(stored))).to.equal(true);
    const folder = tempPath('bench');
    const { code, stderr } = await bench('--from', at(stored), '--write', '--out', folder);
    expect(code, stderr).to.equal(0);
    for (const file of [page, ...otherPages, picture])
      expect(readFileSync(join(folder, file), 'utf8'), file).to.equal(readFileSync(at(file), 'utf8'));
  });
});

/** On this Node, and on those that could be had: each that is not there is said to be left out. */
function expectNodes({ nodes, nodesLimit, leftOut }: Results): void {
  expect(nodes[0]).to.include({ version: process.versions.node });
  for (const point of nodes) expect(missing(point, onEachNode), point.version).to.deep.equal([]);
  expect(missing(nodesLimit, { posix_spawn: ['perSecond', 'burst'], vfork: ['perSecond'] })).to.deep.equal(
    [],
  );
  const others = [/^the drop-in on Node 24: /, /^Debian sid's Node/].filter(
    (others) => !leftOut.some((entry) => others.test(entry)),
  );
  expect(nodes).to.have.length(1 + others.length - (process.versions.node.startsWith('24.') ? 1 : 0));
}

function expectStartUp({ startUp }: Results): void {
  for (const { version, ways } of startUp) {
    expect(Object.keys(ways), version).to.deep.equal(loading);
    for (const [kind, { processor, wall, processorWithout }] of Object.entries(ways)) {
      expect([processor?.count, wall?.count], kind).to.deep.equal([3, 3]);
      expect(processorWithout?.p50, kind).to.be.above(0);
    }
  }
}

function bench(...args: string[]) {
  return runNode(pathToFileURL(at('bench/index.mjs')), { args, deadlineMs: 290_000 });
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
