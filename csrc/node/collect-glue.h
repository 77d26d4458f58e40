// Calls csrc/core/collect.c for the synchronous functions: converts the arguments, and the output to buffers.
#pragma once

#include <napi.h>

extern "C" {
#include "../core/collect.h"
}

namespace forkless {

// collect(plan, size, parentEnds, childEnds, input, limits, record) but for the record, which is written from *result.
Napi::Value Collect(const Napi::CallbackInfo& info, collect_result* result);

}  // namespace forkless
