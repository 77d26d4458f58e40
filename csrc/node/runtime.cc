// The few functions of the C++ library that node-addon-api needs. So the addon needs no libstdc++, and one file loads
// with every libc. There are no exceptions: if the library would throw one, the process aborts.
#include <cstddef>
#include <cstdlib>
#include <new>

#pragma GCC visibility push(hidden)

void* operator new(std::size_t size) {
  void* block = std::malloc(size == 0 ? 1 : size);
  if (block == nullptr) std::abort();
  return block;
}
void* operator new[](std::size_t size) { return operator new(size); }
void operator delete(void* block) noexcept { std::free(block); }
void operator delete[](void* block) noexcept { std::free(block); }
void operator delete(void* block, std::size_t) noexcept { std::free(block); }
void operator delete[](void* block, std::size_t) noexcept { std::free(block); }

namespace std {
void __throw_length_error(const char*) { abort(); }
void __throw_logic_error(const char*) { abort(); }
void __throw_bad_alloc() { abort(); }
void __throw_bad_array_new_length() { abort(); }
void __throw_out_of_range_fmt(const char*, ...) { abort(); }
void __throw_bad_function_call() { abort(); }
}  // namespace std

extern "C" void __cxa_pure_virtual() { std::abort(); }

#pragma GCC visibility pop
