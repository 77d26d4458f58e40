#include "exec-addresses.h"

#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Weak: the loader binds each name to the process's own function, or to 0 if there is none, as in a statically linked
// program that does not export its C library. None of them is called.
#pragma weak execv
#pragma weak execve
#pragma weak execvp
#pragma weak execvpe
#pragma weak posix_spawn
#pragma weak posix_spawnp

namespace forkless {

namespace {

template <typename Function>
void Add(Napi::Array list, Function* function) {
  auto address = reinterpret_cast<uintptr_t>(function);
  list.Set(list.Length(), Napi::Number::New(list.Env(), static_cast<double>(address)));
}

}  // namespace

Napi::Value ExecAddresses(Napi::Env env) {
  Napi::Array family = Napi::Array::New(env);
  Add(family, execv);
  Add(family, execve);
  Add(family, execvp);
  Add(family, execvpe);
  Add(family, posix_spawn);
  Add(family, posix_spawnp);
  Napi::Array others = Napi::Array::New(env);
  Add(others, abort);
  Add(others, static_cast<size_t (*)(const char*)>(strlen));
  Add(others, napi_create_object);
  Napi::Object addresses = Napi::Object::New(env);
  addresses.Set("family", family);
  addresses.Set("others", others);
  return addresses;
}

}  // namespace forkless
