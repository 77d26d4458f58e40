/** @returns a function that prints the microseconds since now, of the clock and of the processors. */
exports.startTimer = () => {
  const begin = performance.now();
  const used = process.cpuUsage();
  return () => {
    const wall = (performance.now() - begin) * 1000;
    const { user, system } = process.cpuUsage(used);
    console.log(JSON.stringify({ wall, processor: user + system }));
  };
};
