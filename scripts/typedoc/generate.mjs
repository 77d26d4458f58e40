// The API reference as markdown, from the docstrings in lib/. Runs typedoc, which the caller has installed.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { at, Failure } from '../lib/project.mjs';

/** @param packages the folder in which typedoc is installed; @param out a folder that may be emptied. */
export async function generate(packages, out) {
  const entry = path.join(packages, 'node_modules/typedoc/dist/index.js');
  const typedoc = await import(pathToFileURL(entry).href);
  const app = await typedoc.Application.bootstrapWithPlugins({
    options: at('scripts/typedoc/typedoc.json'),
    logLevel: 'Warn',
    out,
  });
  // after typedoc's own sorting
  app.converter.on(typedoc.Converter.EVENT_RESOLVE_END, ({ project }) => edit(project, typedoc), -1000);
  const project = await app.convert();
  if (project) app.validate(project);
  if (!project || app.logger.errorCount + app.logger.warningCount > 0)
    throw new Failure('typedoc found something in the docstrings, see above');
  await app.generateOutputs(project);
  for (const name of readdirSync(out, { recursive: true })) polish(path.join(out, name));
}

function edit(project, { UnknownType }) {
  for (const module of project.children) {
    for (const child of module.children) {
      if (module.name === 'forkless/child_process') shortenType(child, UnknownType);
      leaveOutInherited(child);
      for (const { type } of child.children ?? []) if (type?.type === 'union') type.types.sort(byNumber);
    }
    for (const list of [module, ...module.groups]) putFirst(list.children);
  }
}

/**
 * Leaves inherited members out: the page names the base, with a link. Members of a base that is not exported stay: the
 * options are put together from one interface for each attribute.
 */
function leaveOutInherited(child) {
  const inner = (child.extendedTypes ?? []).filter(isInner).map(({ name }) => `${name}.`);
  const isOwn = ({ inheritedFrom }) =>
    inheritedFrom === undefined || inner.some((name) => inheritedFrom.name.startsWith(name));
  for (const list of [child, ...(child.groups ?? [])]) list.children = list.children?.filter(isOwn);
  for (const own of child.children ?? []) delete own.inheritedFrom;
  const parents = child.typeHierarchy;
  if (inner.length === 0 || parents === undefined) return;
  parents.types = parents.types.filter((type) => !isInner(type));
  if (parents.types.length === 0) child.typeHierarchy = parents.next;
}

/** A type of this package that is not exported. */
function isInner({ type, reflection, package: owner }) {
  return type === 'reference' && reflection === undefined && owner === 'forkless';
}

/** Sorts numbers in a union. The compiler keeps them in the order in which it first met them anywhere. */
function byNumber({ value: a }, { value: b }) {
  return typeof a === 'number' && typeof b === 'number' ? a - b : 0;
}

/** The overloads are Node's to document. What they take and return besides, the docstring says. */
function shortenType(child, UnknownType) {
  if (child.type?.type === 'query' || isInner(child.type ?? {}))
    child.type = new UnknownType(`typeof import('node:child_process').${child.name}`);
}

const first = ['posixSpawn', 'posixSpawnp', 'posixSpawnSync', 'posixSpawnpSync', 'explain', 'explainSpawn'];

/** What a reader comes for; the rest stays in the order of the sources. */
function putFirst(children) {
  const rank = ({ name }) => (first.includes(name) ? first.indexOf(name) : first.length);
  children.sort((a, b) => rank(a) - rank(b));
}

/** Pages are named in docstrings from the root of the repository, where their readers are; here they become links. */
function polish(file) {
  const text = readFileSync(file, 'utf8')
    .replace(/(?<![\w/])docs\/([\w-]+\.md)/g, '[$1](../$1)')
    .replace(/[ \t]+$/gm, '');
  if (text.includes(at(''))) throw new Failure(`${path.basename(file)} names a folder of this machine`);
  writeFileSync(file, text);
}
