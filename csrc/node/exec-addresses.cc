#include "exec-addresses.h"

#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Weak: the loader binds each to whatever the process has under its name, and to 0 where there is none, as in a program
// that holds its C library and does not export it. None is ever called.
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
