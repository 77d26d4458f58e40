process.send?.(process.execArgv);
