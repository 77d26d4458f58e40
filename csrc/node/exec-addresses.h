// The addresses of this process's functions that exec; lib/engine/exec-hook.ts finds out which library has them.
#ifndef FORKLESS_EXEC_ADDRESSES_H
#define FORKLESS_EXEC_ADDRESSES_H

#include <napi.h>

namespace forkless {

// { family: [address, …], others: [address, …] }: `family` are the functions that a library replaces if it wants to
// see each exec; `others` are functions of the C library and of the runtime that it does not replace.
Napi::Value ExecAddresses(Napi::Env env);

}  // namespace forkless

#endif
