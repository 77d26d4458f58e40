// What a release changes in the papers. CHANGELOG.md: "## VERSION, unreleased" at its top becomes "## VERSION, DATE".
// README.md: what stands between the marks of "unreleased" goes.

/** What is new in `version`, which is to be released: the section's text. Throws a sentence where it is not ready. */
export function releaseNotes(changelog, version) {
  const [, heading = 'nothing', text = ''] =
    /^## (.*)\n([\s\S]*?)(?=^## |$(?![\s\S]))/m.exec(changelog) ?? [];
  if (heading !== `${version}, unreleased`)
    throw new Error(`CHANGELOG.md begins with "${heading}", not with "${version}, unreleased"`);
  if (!/^- /m.test(text)) throw new Error(`CHANGELOG.md says nothing about ${version}`);
  return text.trim();
}

/** @param date such as 2026-01-31 */
export function withDate(changelog, version, date) {
  return changelog.replace(`## ${version}, unreleased\n`, `## ${version}, ${date}\n`);
}

export function withoutUnreleased(readme) {
  return readme.replace(/<!-- unreleased -->\n[\s\S]*?<!-- \/unreleased -->\n+/g, '');
}
