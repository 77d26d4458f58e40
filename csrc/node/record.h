// The record: an array of numbers in which the result of a start, or an event, goes to JavaScript.
#pragma once

#include "watcher.h"

namespace forkless {

// The only lists of these names in C++; lib/record.ts has the same, and the two are compared when the addon is loaded
// (layout.cc). After the last place come the usage figures, in the order of USAGE_FIGURES (csrc/core/usage.h).
#define RECORD_PLACES(X)                 \
  X(kId, "id")                           \
  X(kKind, "kind")                       \
  X(kError, "error")                     \
  X(kStep, "step")                       \
  X(kOp, "op")                           \
  X(kExitCode, "exitCode")               \
  X(kSignal, "signal")                   \
  X(kCoreDumped, "coreDumped")           \
  X(kReapedElsewhere, "reapedElsewhere") \
  X(kPid, "pid")                         \
  X(kPidfd, "pidfd")

enum Place {
#define X(place, name) place,
  RECORD_PLACES(X)
#undef X
      kUsage
};

#define X(figure) +1
constexpr size_t kPlaces = kUsage USAGE_FIGURES(X);
#undef X

void WriteOutcome(double* record, const spawn_outcome& outcome);

void WriteExit(double* record, const spawn_exit& exit);

}  // namespace forkless
