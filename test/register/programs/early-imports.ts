// Preloaded: listens for warnings, and is the first to import what will be replaced.
import './observed.js';
import 'node:child_process';
import 'node:worker_threads';
