// Where this process's functions that exec lie: lib/engine/exec-hook.ts says whose they are.
#ifndef FORKLESS_EXEC_ADDRESSES_H
#define FORKLESS_EXEC_ADDRESSES_H

#include <napi.h>

namespace forkless {

// { family: [address, …], others: [address, …] }: `family` are the functions that libraries replace in order to see
// what is started; `others` are functions of the C library and of the runtime that they do not replace.
Napi::Value ExecAddresses(Napi::Env env);

}  // namespace forkless

#endif
