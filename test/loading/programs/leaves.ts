// Does not wait for a child that was unref'ed; waits for one that was taken back.
import { posixSpawn } from 'forkless';

const child = await posixSpawn('/bin/sleep', ['sleep', '60'], { cloexecDefault: true });
child.unref();
const kept = await posixSpawn('/bin/sleep', ['sleep', '0.1']);
kept.unref().ref();
kept.exited.then(({ code }) => console.log(`kept ${code}`));
console.log(child.pid);
