// node build.mjs TOOL FORMAT: makes out/external, out/bundled, out/registered, each one file. FORMAT is cjs or esm.
import path from 'node:path';

const [tool, format] = process.argv.slice(2);
const extension = format === 'cjs' ? 'cjs' : 'mjs';

const tools = {
  async esbuild(entry, file, external) {
    const { build } = await import('esbuild');
    const options = external ? { external: ['forkless', 'forkless/*'] } : {};
    await build({
      entryPoints: [entry],
      outfile: file,
      bundle: true,
      platform: 'node',
      format,
      logLevel: 'warning',
      ...options,
    });
  },

  async rollup(entry, file, external) {
    const { rollup } = await import('rollup');
    const resolve = (await import('@rollup/plugin-node-resolve')).default;
    const commonjs = (await import('@rollup/plugin-commonjs')).default;
    const { default: chosen } = external ? await import('./rollup.config.mjs') : { default: {} };
    const bundle = await rollup({
      input: entry,
      plugins: [resolve({ preferBuiltins: true, exportConditions: ['node'] }), commonjs()],
      onLog: (level, { message }) => level === 'warn' && console.error(message),
      ...chosen,
    });
    await bundle.write({ file, format, inlineDynamicImports: true });
    await bundle.close();
  },

  async webpack(entry, file, external) {
    const webpack = (await import('webpack')).default;
    const { default: chosen } = external ? await import('./webpack.config.mjs') : { default: {} };
    const isModule = format === 'esm';
    const compiler = webpack({
      mode: 'production',
      // Names that are made shorter must not matter; once is enough, it takes long.
      optimization: { minimize: !external && !isModule && entry === 'app.js' },
      target: 'node',
      entry: path.resolve(entry),
      experiments: { outputModule: isModule },
      output: {
        path: path.dirname(path.resolve(file)),
        filename: path.basename(file),
        module: isModule,
        chunkFormat: isModule ? 'module' : 'commonjs',
      },
      ...chosen,
    });
    const stats = await new Promise((resolve, reject) => {
      compiler.run((error, result) => (error ? reject(error) : resolve(result)));
    });
    await new Promise((resolve) => compiler.close(resolve));
    for (const { message } of stats.toJson({ all: false, warnings: true, errors: true }).errors)
      console.error(message);
  },
};

await tools[tool]('app.js', `out/external.${extension}`, true);
await tools[tool]('app.js', `out/bundled.${extension}`, false);
await tools[tool]('registered.js', `out/registered.${extension}`, false);
