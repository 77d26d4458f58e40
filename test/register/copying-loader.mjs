// A loader hook as import-in-the-middle is one: who imports a built-in module gets a module that has copied its exports,
// once. Loaded by --import it registers itself, also in Workers; with ?in-thread by registerHooks, where there is that.
import module from 'node:module';

const { isBuiltin, register, registerHooks } = module;

const COPIED = new Set(['node:child_process', 'node:worker_threads', 'node:timers', 'node:module']);
const PREFIX = 'copy:';
const own = new URL(import.meta.url);

export function resolve(specifier, context, next) {
  const name = isBuiltin(specifier) ? `node:${specifier.replace(/^node:/, '')}` : specifier;
  if (!COPIED.has(name) || context.parentURL?.startsWith(PREFIX)) return next(specifier, context);
  return { url: PREFIX + name, format: 'module', shortCircuit: true };
}

export function load(url, context, next) {
  if (!url.startsWith(PREFIX)) return next(url, context);
  const name = url.slice(PREFIX.length);
  const keys = Object.keys(process.getBuiltinModule(name));
  const source = `import * as all from ${JSON.stringify(name)};
    const whole = all.default;
    ${keys.map((key, index) => `const copy${index} = all[${JSON.stringify(key)}];`).join('\n')}
    export { ${['whole as default', ...keys.map((key, index) => `copy${index} as ${key}`)].join(', ')} };`;
  return { format: 'module', source, shortCircuit: true };
}

if (own.search === '') register(`${own}?hooks`);
if (own.search === '?in-thread') registerHooks({ resolve, load });
