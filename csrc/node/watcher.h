// One epoll thread for the process tells every environment (main thread, Workers) what became of its children.
// Node-API and Linux only, no libuv: so one binary serves every runtime that has Node-API.
#pragma once

#include <node_api.h>

extern "C" {
#include "../core/spawn.h"
}

namespace forkless {

// The first ones are the verdicts on a start (csrc/core/verdict.h). The names are in lib/record.ts too.
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

// Makes a channel into this environment, and the thread if it is the first. `wake` is called without arguments
// when events wait for TakeEvents. nullptr, with an exception pending or *error set, on failure.
Environment* OpenEnvironment(napi_env env, napi_value wake, int* error);

// Hands a child over. Its id, or -errno (the child is then still the caller's). With `keep_end` its end is told as
// kUnreaped: it stays a zombie until Reap, so that its pid cannot become another process's.
int64_t Watch(Environment* owner, spawn_child* child, bool execed, bool keep_end);

// After kUnreaped.
void Reap(uint64_t id, spawn_exit* exit);

// Moves up to `room` events out, and closes the pidfds of children that have ended. That is done here, on the thread of
// JavaScript: so a number that `child.pidfd` still shows is never another file's.
size_t TakeEvents(Environment* owner, Event* events, size_t room);

// 0, -ESRCH for a child that has ended.
int Signal(Environment* owner, uint64_t id, int signal);

// Whether the channel keeps the event loop alive.
void KeepAlive(Environment* owner, napi_env env, bool on);

}  // namespace forkless
