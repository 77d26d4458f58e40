// What presets come down to here: ES modules become CommonJS.
module.exports = { plugins: ['@babel/plugin-transform-modules-commonjs'] };
