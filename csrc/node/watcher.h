// One epoll thread for the process tells every environment (main thread, Workers) what became of its children.
// Pure Node-API and Linux: no libuv, so that one binary serves every runtime that speaks Node-API.
#pragma once

#include <node_api.h>

extern "C" {
#include "../core/spawn.h"
}

namespace forkless {

enum EventKind { kExeced = SPAWN_EXECED, kFailed, kDied, kLost, kEnded, kUnreaped };

struct Event {
  uint64_t id;
  int kind;
  spawn_outcome outcome;  // kFailed, kDied, kLost
  spawn_exit exit;        // kEnded
};

struct Environment;

// Makes a channel into this environment, and the thread if it is the first. `wake` is called with no arguments
// when events wait for TakeEvents. nullptr, with an exception pending or *error set, when that cannot be had.
Environment* OpenEnvironment(napi_env env, napi_value wake, int* error);

// Hands a child over. Its id, or -errno (the child is then still the caller's). With `keep_end` its end is told as
// kUnreaped: it stays a zombie, whose pid is nobody else's, until Reap.
int64_t Watch(Environment* owner, spawn_child* child, bool execed, bool keep_end);

// After kUnreaped.
void Reap(uint64_t id, spawn_exit* exit);

// Moves up to `room` events out; their ended children's pidfds are closed by this, on this thread, so that no
// number that JavaScript still shows is ever somebody else's.
size_t TakeEvents(Environment* owner, Event* events, size_t room);

// 0, -ESRCH for a child that has ended.
int Signal(Environment* owner, uint64_t id, int signal);

// Whether the channel keeps the event loop alive.
void KeepAlive(Environment* owner, napi_env env, bool on);

}  // namespace forkless
