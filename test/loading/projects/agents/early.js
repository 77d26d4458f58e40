// Something that is preloaded between an agent and forkless, and requires the module first.
require('node:child_process');
