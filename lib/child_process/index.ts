export {
  api as default,
  api as 'module.exports',
  ChildProcess,
  exec,
  execFile,
  execFileSync,
  execSync,
  fork,
  spawn,
  spawnSync,
} from './api.js';
