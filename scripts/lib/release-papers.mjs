// What a release changes in CHANGELOG.md and README.md. The first heading of CHANGELOG.md, "## VERSION, unreleased",
// becomes "## VERSION, DATE". In README.md the text between the marks of "unreleased" is removed.

/** The text of the section on `version`. Throws if CHANGELOG.md is not ready for a release of `version`. */
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

/**
 * What package.json lacks before it may be published, one sentence each. Without `repository` the page of the package in
 * the registry links to no source, and the links of its README to docs/ lead nowhere there.
 */
export function missingFields({ repository }) {
  const url = typeof repository === 'string' ? repository : repository?.url;
  return url
    ? []
    : [
        'package.json has no "repository". Fill in: "repository": { "type": "git", "url": "git+https://HOST/OWNER/forkless.git" }',
      ];
}
