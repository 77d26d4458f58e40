// Preloaded: the first to import what will be replaced.
import 'node:child_process';
