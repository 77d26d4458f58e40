// For --require: another platform, as far as a program asks.
Object.defineProperty(process, 'platform', { value: 'darwin' });
