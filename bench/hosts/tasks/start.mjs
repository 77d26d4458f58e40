// A way, one of hosts/ways/: how one contender starts a program with 0–2 on /dev/null, or with pipes.
//   call(file)       what is measured. Returns the process, or a promise of it that resolves at exec;
//                    a synchronous way without `ended` returns when the program has ended
//   promises         call returns a promise
//   ended(process)   a promise: its end is known
//   kill(process)    SIGKILL
//   knowsExec        false: nothing is known of exec before the end

/** Waits until the end of what `way.call` returned. */
export async function end(way, called) {
  if (!way.ended) return;
  await way.ended(way.promises ? await called : called);
}
