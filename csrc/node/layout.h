// The names, in order, of everything that this binary and TypeScript exchange as numbers.
#pragma once

#include <napi.h>

namespace forkless {

// { version, steps, stages, kinds, record, usage }: `version` is that of the plan's layout. Each of the others is one
// string of names, with a blank after each; a step is "name=syscall". lib/record.ts compares them with its own lists.
Napi::Value Layout(Napi::Env env);

}  // namespace forkless
