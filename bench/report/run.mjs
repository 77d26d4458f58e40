const names = { node: 'Node', sid: 'Node', bun: 'Bun', deno: 'Deno', python: 'Python' };

/** Of which run the figures are. */
export function runLine({ date, extent, seconds, versions: { forkless, ...others } }) {
  const named = Object.entries(others).map(([name, version]) =>
    names[name] ? `${names[name]} ${version}` : version,
  );
  return `forkless ${forkless} against ${named.join(', ')}. A ${extent} run of ${seconds} s on ${date}.`;
}
