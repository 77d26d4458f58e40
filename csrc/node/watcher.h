// The watcher: one epoll thread for the process. It finds out the verdicts and the ends of all children, and sends them
// as events to the environment (main thread or Worker) that started the child. It uses only Node-API and Linux, not
// libuv: so one binary works in every runtime that has Node-API.
//
// The phases of a child here (State in watcher.cc): starting, until there is a verdict; running, until it has ended;
// over, until JavaScript has taken the event of its end. A start that fails goes from starting to over.
#pragma once

#include <node_api.h>

extern "C" {
#include "../core/spawn.h"
}

namespace forkless {

// The first ones are the verdicts on a start (csrc/core/verdict.h). lib/record.ts has the same names.
#define EVENT_KINDS(X)   \
  X(kPending, "pending") \
  X(kExeced, "execed")   \
  X(kFailed, "failed")   \
  X(kDied, "died")       \
  X(kLost, "lost")       \
  X(kEnded, "ended")     \
  X(kUnreaped, "unreaped")

enum EventKind {
#define X(kind, name) kind,
  EVENT_KINDS(X)
#undef X
};

static_assert(int{kPending} == SPAWN_PENDING && int{kExeced} == SPAWN_EXECED && int{kFailed} == SPAWN_FAILED &&
                  int{kDied} == SPAWN_DIED && int{kLost} == SPAWN_LOST,
              "a verdict is written as the kind of an event");

struct Event {
  uint64_t id;
  int kind;
  spawn_outcome outcome;  // kFailed, kDied, kLost
  spawn_exit exit;        // kEnded
};

struct Environment;

// Makes a channel into this environment, and the thread if there is none. `wake` is called without arguments when there
// are events for TakeEvents. On failure nullptr, and *error is set or an exception is pending.
Environment* OpenEnvironment(napi_env env, napi_value wake, int* error);

// Watches a child from now on. Returns its id, or -errno; then the child is still the caller's. With `keep_end` the
// event of its end is kUnreaped: it stays a zombie until Reap, so that its pid cannot become another process's.
int64_t Watch(Environment* owner, spawn_child* child, bool execed, bool keep_end);

// Call it after kUnreaped, and after the failure of a child that outlives its caller.
void Reap(uint64_t id, spawn_exit* exit);

// Moves up to `room` events to the caller, and closes the pidfds of children that have ended. This runs on the thread
// of JavaScript, where no code can read `child.pidfd` in between: so a number that it still shows is never another
// file's.
size_t TakeEvents(Environment* owner, Event* events, size_t room);

// Sends a signal. To a child that outlives its caller it waits a little for exec. 0 or -errno; -ESRCH for a child that
// has ended.
int Signal(Environment* owner, uint64_t id, int signal);

// About how many children have no verdict yet. Without the lock, which the thread may hold for long.
uint32_t StartsUnderWay();

// For a call that finds no free descriptor: a start that nobody waits for holds its report pipe until the thread looks,
// after some milliseconds. So this looks now, and waits a little if no child has exec'ed yet. True: descriptors have
// become free.
bool SettleStarts();

// Whether the channel keeps the event loop alive.
void KeepAlive(Environment* owner, napi_env env, bool on);

}  // namespace forkless
