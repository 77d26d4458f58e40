#include "watcher.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

extern "C" {
#include "../core/sys.h"
}

namespace forkless {

namespace {

enum class State : uint8_t { kFree, kStarting, kRunning, kEnded };

struct Entry {
  spawn_child child;
  Environment* owner;  // nullptr: its environment is gone; nobody will ask, but it is still reaped
  uint32_t generation;
  uint32_t next_free;
  State state;
  bool keep_end;  // once it has ended, reaped only when its owner says so
};

// An id is slot and generation, never a pointer: an event of a descriptor that is long closed names nobody.
constexpr int kSlotBits = 20;
constexpr uint32_t kNoSlot = (1u << kSlotBits) - 1;
constexpr uint64_t kGenerations = 1u << 30;

struct Registry {
  pthread_mutex_t lock;
  Entry* entries;
  uint32_t capacity, free_slot;
  int epoll;  // -1: no thread
};

Registry registry = {PTHREAD_MUTEX_INITIALIZER, nullptr, 0, kNoSlot, -1};

struct Lock {
  Lock() { pthread_mutex_lock(&registry.lock); }
  ~Lock() { pthread_mutex_unlock(&registry.lock); }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
};

void* Grow(void* old, size_t used, size_t wanted) {
  void* bigger = malloc(wanted);
  if (bigger == nullptr) abort();
  if (used > 0) memcpy(bigger, old, used);
  free(old);
  return bigger;
}

uint64_t IdOf(const Entry* entry) {
  uint64_t slot = static_cast<uint64_t>(entry - registry.entries);
  return (static_cast<uint64_t>(entry->generation) << kSlotBits) | slot;
}

Entry* Find(uint64_t id) {
  uint64_t slot = id & kNoSlot;
  if (slot >= registry.capacity) return nullptr;
  Entry* entry = &registry.entries[slot];
  bool same = entry->state != State::kFree && entry->generation == id >> kSlotBits;
  return same ? entry : nullptr;
}

bool GrowRegistry() {
  uint32_t wanted = registry.capacity == 0 ? 64 : registry.capacity * 2;
  if (wanted > kNoSlot) return false;
  registry.entries =
      static_cast<Entry*>(Grow(registry.entries, registry.capacity * sizeof(Entry), wanted * sizeof(Entry)));
  for (uint32_t slot = wanted; slot-- > registry.capacity;) {
    registry.entries[slot] = Entry{};
    registry.entries[slot].next_free = registry.free_slot;
    registry.free_slot = slot;
  }
  registry.capacity = wanted;
  return true;
}

Entry* TakeSlot() {
  if (registry.free_slot == kNoSlot && !GrowRegistry()) return nullptr;
  Entry* entry = &registry.entries[registry.free_slot];
  registry.free_slot = entry->next_free;
  return entry;
}

void FreeSlot(Entry* entry) {
  entry->state = State::kFree;
  entry->generation = static_cast<uint32_t>((entry->generation + 1) % kGenerations);
  entry->next_free = registry.free_slot;
  registry.free_slot = static_cast<uint32_t>(entry - registry.entries);
}

// Edge-triggered: a traced child that is dead stays readable and not ours to reap, and would spin the thread.
int EpollAdd(int fd, uint64_t id) {
  struct epoll_event event = {};
  event.events = EPOLLIN | EPOLLET;
  event.data.u64 = id;
  return static_cast<int>(sys_call4(__NR_epoll_ctl, registry.epoll, EPOLL_CTL_ADD, fd, &event));
}

// Always before close: a child that is stuck before exec holds a copy of the table, which keeps a registration alive.
void EpollRemove(int fd) { sys_call4(__NR_epoll_ctl, registry.epoll, EPOLL_CTL_DEL, fd, nullptr); }

}  // namespace

struct Environment {
  napi_threadsafe_function wake;
  Event* queue;
  size_t head, length, capacity;
  bool woken, closed;
};

namespace {

void Push(Environment* owner, const Event& event) {
  if (owner->head + owner->length == owner->capacity) {
    if (owner->head <= owner->length) {
      size_t used = owner->capacity;
      owner->capacity = used == 0 ? 64 : used * 2;
      owner->queue = static_cast<Event*>(Grow(owner->queue, used * sizeof(Event), owner->capacity * sizeof(Event)));
    }
    memmove(owner->queue, owner->queue + owner->head, owner->length * sizeof(Event));
    owner->head = 0;
  }
  owner->queue[owner->head + owner->length++] = event;
}

// Under the lock, as is the release in the cleanup hook: the function is never called once it may be gone.
void Wake(Environment* owner) {
  if (owner->woken || owner->closed || owner->length == 0) return;
  owner->woken = true;
  if (napi_call_threadsafe_function(owner->wake, nullptr, napi_tsfn_nonblocking) == napi_closing) owner->closed = true;
}

void Tell(Entry* entry, int kind, const spawn_outcome& outcome, const spawn_exit& exit) {
  if (entry->owner == nullptr) return;
  Push(entry->owner, Event{IdOf(entry), kind, outcome, exit});
}

void Forget(Entry* entry) {
  fds_close(entry->child.pidfd);
  FreeSlot(entry);
}

// Ended for good. The pidfd stays open until JavaScript has heard of it, or is closed here when nobody listens.
void End(Entry* entry) {
  EpollRemove(entry->child.pidfd);
  entry->state = State::kEnded;
  if (entry->owner == nullptr) Forget(entry);
}

void LookAtEnd(Entry* entry) {
  spawn_exit exit = {};
  if (entry->keep_end && entry->owner != nullptr) {
    if (!spawn_has_ended(&entry->child)) return;
    Tell(entry, kUnreaped, spawn_outcome{}, exit);
    End(entry);
    return;
  }
  if (spawn_reap(&entry->child, &exit) == 0) return;
  Tell(entry, kEnded, spawn_outcome{}, exit);
  End(entry);
}

void LookAtStart(Entry* entry) {
  spawn_outcome outcome = {};
  if (entry->child.report_fd >= 0) EpollRemove(entry->child.report_fd);
  spawn_verdict verdict = spawn_ask(&entry->child, &outcome);
  if (verdict == SPAWN_PENDING) {
    // A start whose pipe cannot be watched any more would never be told: it ends, and its death is told.
    if (entry->child.report_fd >= 0 && EpollAdd(entry->child.report_fd, IdOf(entry)) != 0)
      spawn_kill(&entry->child, SIGKILL);
    return;
  }
  Tell(entry, static_cast<int>(verdict), outcome, spawn_exit{});
  if (verdict != SPAWN_EXECED) {
    End(entry);
    return;
  }
  entry->state = State::kRunning;
  LookAtEnd(entry);  // its one edge may have been spent on the verdict
}

void Look(uint64_t id) {
  Lock lock;
  Entry* entry = Find(id);
  if (entry == nullptr) return;
  if (entry->state == State::kStarting) {
    LookAtStart(entry);
  } else if (entry->state == State::kRunning) {
    LookAtEnd(entry);
  }
}

// One wake for all that was ready. An environment may have closed since: it is asked for under the lock.
void WakeOwners(const uint64_t* ids, int count) {
  Lock lock;
  for (int i = 0; i < count; i++) {
    Entry* entry = Find(ids[i]);
    if (entry != nullptr && entry->owner != nullptr) Wake(entry->owner);
  }
}

int StartThread();

// One thread for one epoll descriptor. If somebody closes that, a new pair takes over; this thread may still sleep on
// the old file, wakes with the next event of an older child, and ends.
void* Run(void* argument) {
  constexpr int kBatch = 64;
  const int epoll = static_cast<int>(reinterpret_cast<intptr_t>(argument));
  struct epoll_event events[kBatch];
  uint64_t ids[kBatch];
  for (;;) {
    long count = sys_call6(__NR_epoll_pwait, epoll, reinterpret_cast<long>(events), kBatch, -1, 0, 0);
    for (long i = 0; i < count; i++) {
      ids[i] = events[i].data.u64;
      Look(ids[i]);
    }
    WakeOwners(ids, count > 0 ? static_cast<int>(count) : 0);
    bool lost = count < 0 && count != -EINTR;
    Lock lock;
    if (lost && registry.epoll == epoll) {
      registry.epoll = -1;
      StartThread();  // where that fails, the next start tries again
    }
    if (lost || registry.epoll != epoll) return nullptr;
  }
}

// What lives already, so that its end is told by a thread that has just begun.
void RegisterAll() {
  for (uint32_t slot = 0; slot < registry.capacity; slot++) {
    const Entry* entry = &registry.entries[slot];
    if (entry->state != State::kStarting && entry->state != State::kRunning) continue;
    EpollAdd(entry->child.pidfd, IdOf(entry));
    if (entry->child.report_fd >= 0) EpollAdd(entry->child.report_fd, IdOf(entry));
  }
}

int StartThread() {
  if (registry.epoll >= 0) return 0;
  int epoll = static_cast<int>(sys_call1(__NR_epoll_create1, EPOLL_CLOEXEC));
  if (epoll < 0) return epoll;
  // A signal of the program's must never run its handler on this thread. Those below SIGRTMIN are libc's own: setuid()
  // in a program with threads sends one to each of them, and waits until all have answered.
  const uint64_t libc_own = (1ull << (SIGRTMIN - 1)) - (1ull << 31);
  uint64_t others = ~libc_own, mask;
  sys_call4(__NR_rt_sigprocmask, SIG_SETMASK, &others, &mask, SYS_SIGSET_SIZE);
  pthread_t thread;
  int error = pthread_create(&thread, nullptr, Run, reinterpret_cast<void*>(static_cast<intptr_t>(epoll)));
  if (error == 0) pthread_detach(thread);
  sys_call4(__NR_rt_sigprocmask, SIG_SETMASK, &mask, nullptr, SYS_SIGSET_SIZE);
  if (error != 0) {
    fds_close(epoll);
    return -error;
  }
  registry.epoll = epoll;
  RegisterAll();
  return 0;
}

int Register(const Entry* entry) {
  uint64_t id = IdOf(entry);
  int error = EpollAdd(entry->child.pidfd, id);
  if (error != 0 || entry->child.report_fd < 0) return error;
  error = EpollAdd(entry->child.report_fd, id);
  if (error != 0) EpollRemove(entry->child.pidfd);
  return error;
}

// The entry is in its state already: a thread that begins here registers it with all others.
int RegisterOrRenew(const Entry* entry) {
  int error = Register(entry);
  if (error != -EBADF && error != -EINVAL) return error;
  registry.epoll = -1;  // somebody has closed the epoll descriptor
  return StartThread();
}

void CallJavaScript(napi_env env, napi_value wake, void*, void*) {
  if (env == nullptr || wake == nullptr) return;
  napi_value undefined;
  if (napi_get_undefined(env, &undefined) == napi_ok) napi_call_function(env, undefined, wake, 0, nullptr, nullptr);
}

// Nobody will hear of these children any more. Those that run go on, as in Node; those still before exec have no
// one to give their verdict to and hold the memory of this process: they die. The thread reaps them all.
void Disown(Environment* owner) {
  for (uint32_t slot = 0; slot < registry.capacity; slot++) {
    Entry* entry = &registry.entries[slot];
    if (entry->state == State::kFree || entry->owner != owner) continue;
    entry->owner = nullptr;
    if (entry->state == State::kStarting) {
      spawn_kill(&entry->child, SIGKILL);
    } else if (entry->state == State::kEnded) {
      spawn_exit exit;
      if (entry->keep_end) spawn_reap(&entry->child, &exit);
      Forget(entry);
    }
  }
}

void CloseEnvironment(void* data) {
  Environment* owner = static_cast<Environment*>(data);
  {
    Lock lock;
    Disown(owner);
    bool released = owner->closed;
    owner->closed = true;
    if (!released) napi_release_threadsafe_function(owner->wake, napi_tsfn_abort);
  }
  free(owner->queue);
  free(owner);
}

// process.exit() runs no cleanup hook on the main thread. A start that has not exec'ed would outlive this process
// with all of its memory; PDEATHSIG covers all but a child that was stopped before it could ask for that.
__attribute__((destructor)) void KillStartsAtExit() {
  if (pthread_mutex_trylock(&registry.lock) != 0) return;
  for (uint32_t slot = 0; slot < registry.capacity; slot++)
    if (registry.entries[slot].state == State::kStarting) spawn_kill(&registry.entries[slot].child, SIGKILL);
  pthread_mutex_unlock(&registry.lock);
}

}  // namespace

Environment* OpenEnvironment(napi_env env, napi_value wake, int* error) {
  {
    Lock lock;
    *error = StartThread();
  }
  if (*error != 0) return nullptr;
  Environment* owner = static_cast<Environment*>(malloc(sizeof(Environment)));
  if (owner == nullptr) abort();
  *owner = Environment{};
  napi_value name;
  napi_create_string_utf8(env, "forkless", NAPI_AUTO_LENGTH, &name);
  napi_status status = napi_create_threadsafe_function(env, wake, nullptr, name, 0, 1, nullptr, nullptr, nullptr,
                                                       CallJavaScript, &owner->wake);
  if (status != napi_ok) {
    free(owner);
    *error = -ENOMEM;
    return nullptr;
  }
  napi_unref_threadsafe_function(env, owner->wake);
  // After the function: hooks run last to first, so this one runs while the function still stands.
  napi_add_env_cleanup_hook(env, CloseEnvironment, owner);
  return owner;
}

int64_t Watch(Environment* owner, const spawn_child& child, bool execed, bool keep_end) {
  Lock lock;
  int error = StartThread();
  if (error != 0) return error;
  Entry* entry = TakeSlot();
  if (entry == nullptr) return -ENOMEM;
  entry->child = child;
  entry->owner = owner;
  entry->keep_end = keep_end;
  entry->state = execed ? State::kRunning : State::kStarting;
  error = RegisterOrRenew(entry);
  if (error == 0) return static_cast<int64_t>(IdOf(entry));
  FreeSlot(entry);
  return error;
}

void Reap(uint64_t id, spawn_exit* exit) {
  Lock lock;
  Entry* entry = Find(id);
  *exit = spawn_exit{};
  exit->taken = 1;
  exit->exit_code = -1;
  if (entry == nullptr || entry->state != State::kEnded) return;
  spawn_reap(&entry->child, exit);
  Forget(entry);
}

size_t TakeEvents(Environment* owner, Event* events, size_t room) {
  Lock lock;
  size_t count = owner->length < room ? owner->length : room;
  for (size_t i = 0; i < count; i++) {
    events[i] = owner->queue[owner->head + i];
    Entry* entry = Find(events[i].id);
    if (events[i].kind != kExeced && events[i].kind != kUnreaped && entry != nullptr) Forget(entry);
  }
  owner->head += count;
  owner->length -= count;
  if (owner->length == 0) {
    owner->head = 0;
    owner->woken = false;
  }
  return count;
}

int Signal(Environment* owner, uint64_t id, int signal) {
  Lock lock;
  Entry* entry = Find(id);
  if (entry == nullptr || entry->owner != owner || entry->state == State::kEnded) return -ESRCH;
  return spawn_kill(&entry->child, signal);
}

void KeepAlive(Environment* owner, napi_env env, bool on) {
  if (on) {
    napi_ref_threadsafe_function(env, owner->wake);
  } else {
    napi_unref_threadsafe_function(env, owner->wake);
  }
}

}  // namespace forkless
