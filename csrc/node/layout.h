// What this binary calls, and in which order, whatever it shares with TypeScript by number.
#pragma once

#include <napi.h>

namespace forkless {

// { version, steps, stages, kinds, record, usage }: but for the version of the plan's layout, each is one string of
// names, with a blank after each. A step is "name=syscall". lib/record.ts compares them with its own lists.
Napi::Value Layout(Napi::Env env);

}  // namespace forkless
