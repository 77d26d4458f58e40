// Programs for musl want a libstdc++, and Debian has only glibc's. That one loads under musl's loader once it finds the
// few names of glibc's that musl has not: this library, under the name of glibc's loader, which libstdc++ asks for.
#include <stddef.h>
#include <string.h>

// musl's libc has these; its headers are not here.
int getentropy(void* buffer, size_t size);
size_t strftime_l(char* out, size_t size, const char* format, const void* time, void* locale);

char __libc_single_threaded = 0;
// of libgcc_s, which hides its own from the outside, and thereby from itself
unsigned __cpu_model[4];
int __cpu_indicator_init(void) { return 0; }

// "nothing found": whoever throws ends the program. Neither Bun nor Node does.
int _dl_find_object(void* address, void* result) {
  (void)address, (void)result;
  return -1;
}

// Destructors of thread-locals do not run.
int __cxa_thread_atexit_impl(void (*destructor)(void*), void* object, void* dso) {
  (void)destructor, (void)object, (void)dso;
  return 0;
}

unsigned arc4random(void) {
  unsigned number = 0;
  getentropy(&number, sizeof number);
  return number;
}

size_t __strftime_l(char* out, size_t size, const char* format, const void* time, void* locale) {
  return strftime_l(out, size, format, time, locale);
}

// std::string::_M_replace_cold, which gcc 13 has and gcc 12 has not: replaces `old_size` characters at `place` by
// others that lie in the same string. `rest` characters follow.
void _ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE15_M_replace_coldEPcmPKcmm(
    void* string, char* place, size_t old_size, const char* source, size_t new_size, size_t rest) {
  (void)string;
  if (new_size > 0 && new_size <= old_size) memmove(place, source, new_size);
  if (rest > 0 && new_size != old_size) memmove(place + new_size, place + old_size, rest);
  if (new_size <= old_size) return;
  size_t moved = new_size - old_size;
  if (source + new_size <= place + old_size) {
    memmove(place, source, new_size);
  } else if (source >= place + old_size) {
    memcpy(place, source + moved, new_size);
  } else {
    size_t left = (size_t)(place + old_size - source);
    memmove(place, source, left);
    memcpy(place + left, place + new_size, new_size - left);
  }
}
