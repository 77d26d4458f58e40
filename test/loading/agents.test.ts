// Agents that watch a program, beside forkless/register from the packed package: the engine starts the processes, and the
// agent sees them as it does without it. Nothing of an agent reaches a network here.
import { expect } from 'chai';
import { commandOnPage, fileOnPage } from '../docs/page.js';
import { INSTALL_TIMEOUT } from '../support/installed.js';
import { leaveOut, programAt } from './programs.js';
import { makeProject, modulesOf, type Project } from './projects.js';

interface Agent {
  /** As agents.js of the project has it. */
  readonly name: string;
  /** As scripts/install.mjs prints it. */
  readonly program: string;
  readonly packages: string;
  readonly env: Readonly<Record<string, string>>;
  /** What it tells of the three starts of starts.js. */
  readonly seen: readonly string[];
  /** Lines of the page. */
  readonly lines: readonly string[];
}

const agents: readonly Agent[] = [
  {
    name: 'dd-trace',
    program: 'dd-trace',
    packages: 'dd-trace',
    env: {
      DD_TRACE_AGENT_URL: 'unix:///nonexistent',
      DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
      DD_REMOTE_CONFIGURATION_ENABLED: 'false',
      DD_TRACE_STARTUP_LOGS: 'false',
    },
    seen: ['/bin/sh -c exit 3', 'exit 4', '/bin/echo text'],
    lines: [
      'node --require forkless/register --require dd-trace/init app.js',
      'node --import forkless/register --import dd-trace/initialize.mjs app.mjs',
    ],
  },
  {
    name: 'sentry',
    program: 'sentry',
    packages: '@sentry',
    env: { SENTRY_DSN: 'http://key@127.0.0.1:9/1' },
    seen: ["Child process exited with code '3'", "Child process exited with code '4'"],
    lines: ['node --import forkless/register --import ./instrument.mjs app.mjs'],
  },
  {
    name: 'opentelemetry',
    program: 'otel-auto',
    packages: '@opentelemetry',
    env: {
      OTEL_TRACES_EXPORTER: 'none',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      OTEL_NODE_RESOURCE_DETECTORS: 'none',
    },
    seen: ['http'],
    lines: [
      'node --require forkless/register --require @opentelemetry/auto-instrumentations-node/register app.js',
      'node --experimental-loader=@opentelemetry/instrumentation/hook.mjs --import forkless/register --import @opentelemetry/auto-instrumentations-node/register app.mjs',
    ],
  },
];

for (const { name, program, packages, env, seen, lines } of agents)
  describe(`forkless/register beside ${name}`, function () {
    this.timeout(60_000);
    let project: Project;

    before(async function () {
      this.timeout(INSTALL_TIMEOUT);
      if (programAt(program) === undefined) leaveOut(this, name, null);
      project = await makeProject('agents', { [packages]: `${modulesOf(program)}/${packages}` });
      project.write('instrument.mjs', fileOnPage('instrument.mjs'));
    });

    const outcome = {
      code: 3,
      failed: 4,
      text: 'text\n',
      starts: 3,
      seen,
      backend: 'forkless',
      reason: null,
    };

    for (const line of lines) {
      const { args } = commandOnPage(line);

      it(`starts by the engine, and the agent sees it: ${args.at(-1)}`, async () => {
        expect(await ask(args)).to.deep.equal(outcome);
      });

      it(`is so with the agent loaded first: ${args.at(-1)}`, async () => {
        expect(await ask(turnedRound(args))).to.deep.equal(outcome);
      });

      it(`leaves nothing out of what the agent sees without it: ${args.at(-1)}`, async () => {
        const without = args.filter((arg, at) => !isRegister(arg) && !isRegister(args[at + 1]));
        expect(await ask(without)).to.deep.include({ starts: 0, seen });
      });
    }

    if (name === 'dd-trace')
      it('starts by the wrapped functions where something has required them in between, and says so', async () => {
        const line = [
          '--require',
          'dd-trace/init',
          '--require',
          './early.js',
          '--require',
          'forkless/register',
        ];
        const { starts, seen: told, reason } = await ask([...line, 'app.js']);
        expect(told).to.deep.equal(seen);
        expect(starts).to.equal(0);
        expect(reason).to.match(/^execFile, .*spawn.* of node:child_process had been replaced before/);
      });

    async function ask(args: readonly string[]): Promise<Record<string, unknown>> {
      return JSON.parse(await project.node(args, { env: { ...env, AGENT: name } }));
    }
  });

function isRegister(arg: string | undefined): boolean {
  return arg === 'forkless/register';
}

/** forkless/register and its flag after those of the agent, before the program. */
function turnedRound(args: readonly string[]): string[] {
  const at = args.findIndex(isRegister);
  const rest = args.filter((_, index) => index !== at && index !== at - 1);
  return [...rest.slice(0, -1), ...args.slice(at - 1, at + 1), ...rest.slice(-1)];
}
