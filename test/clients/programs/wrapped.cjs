// In the place of every Node program.
console.log('wrapped');
