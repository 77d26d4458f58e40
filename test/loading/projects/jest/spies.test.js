// Side by side: what jest.spyOn reaches in Node's module, it reaches in ours.
const modules = { node: require('node:child_process'), forkless: require('forkless/child_process') };

afterEach(() => jest.restoreAllMocks());

describe.each(Object.keys(modules))('%s', (name) => {
  const cp = modules[name];

  test('a spied function still works', () => {
    const spy = jest.spyOn(cp, 'execFileSync');
    expect(cp.execFileSync('/bin/echo', ['text'], { encoding: 'utf8' })).toBe('text\n');
    expect(spy).toHaveBeenCalledTimes(1);
    expect(spy.mock.results[0].value).toBe('text\n');
  });

  test('a replaced function is called in its place', () => {
    const original = cp.spawn;
    jest.spyOn(cp, 'spawn').mockImplementation(() => 'replaced');
    expect(cp.spawn('/bin/true')).toBe('replaced');
    jest.restoreAllMocks();
    expect(cp.spawn).toBe(original);
  });

  test.each(['spawn', 'exec', 'execFile', 'fork', 'spawnSync', 'execSync', 'execFileSync'])(
    '%s can be spied on',
    (method) => {
      const spy = jest.spyOn(cp, method).mockReturnValue('replaced');
      expect(cp[method]('/bin/true')).toBe('replaced');
      expect(spy).toHaveBeenCalledWith('/bin/true');
    },
  );

  test('what the functions call of each other', () => {
    const reached = {};
    const calls = [
      ['exec', 'execFile', () => cp.exec('exit 0')],
      ['exec', 'spawn', () => cp.exec('exit 0')],
      ['execFile', 'spawn', () => cp.execFile('/bin/true')],
      ['fork', 'spawn', () => cp.fork(require.resolve('./nothing.js'), { stdio: 'ignore' })],
      ['execSync', 'spawnSync', () => cp.execSync('exit 0')],
      ['execFileSync', 'spawnSync', () => cp.execFileSync('/bin/true')],
    ];
    for (const [method, below, call] of calls) {
      const spy = jest.spyOn(cp, below);
      call();
      reached[`${method} by ${below}`] = spy.mock.calls.length;
      spy.mockRestore();
    }
    expect(reached).toEqual({
      'exec by execFile': 1,
      'exec by spawn': 0,
      'execFile by spawn': 0,
      'fork by spawn': 0,
      'execSync by spawnSync': 0,
      'execFileSync by spawnSync': 0,
    });
  });
});
