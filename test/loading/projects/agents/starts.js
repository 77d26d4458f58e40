const { once } = require('node:events');
const agents = require('./agents.js');

module.exports = async ({ exec, execFileSync, spawn }) => {
  const agent = agents[process.env.AGENT ?? 'none'];
  const { features } = require('forkless');
  const count = () => Object.values(features().rungs).reduce((sum, starts) => sum + starts, 0);
  // An agent may start something itself when it is loaded.
  const before = count();
  const seen = agent();

  const [code] = await once(spawn('/bin/sh', ['-c', 'exit 3']), 'exit');
  const [failed] = await once(exec('exit 4'), 'exit');
  const text = execFileSync('/bin/echo', ['text'], { encoding: 'utf8' });
  const { childProcess } = features();
  console.log(
    JSON.stringify({ code, failed, text, starts: count() - before, seen: seen(), ...childProcess }),
  );
  process.exit();
};
