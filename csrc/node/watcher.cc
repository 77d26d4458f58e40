#include "watcher.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>

extern "C" {
#include "../core/fds.h"
#include "../core/pause.h"
#include "../core/sys.h"
}

namespace forkless {

namespace {

enum State : uint8_t { kFree, kStarting, kRunning, kOver, kStates };

struct Entry {
  spawn_child child;
  bool watched;        // the pidfd is in the epoll set
  uint32_t renewals;   // the child's, when it was put there: another count means that it is another pidfd now
  Environment* owner;  // nullptr: its environment is gone; the child is still reaped
  uint32_t generation;
  uint32_t next_free;
  State state;
  bool keep_end;  // at its end it is not reaped here, but by Reap()
};

// An id is slot and generation, not a pointer: an event of a descriptor that is closed by now finds no entry.
constexpr int kSlotBits = 20;
constexpr uint32_t kNoSlot = (1u << kSlotBits) - 1;
constexpr uint64_t kGenerations = 1u << 30;

// The id of the timer; no slot has it.
constexpr uint64_t kTimer = ~0ull;

// Events wake the thread. In two cases there is no event, and a timer wakes it:
//  - A start whose report pipe has no end of file, because a child that another thread has forked in between holds a
//    copy of the write end. The word in its memory tells, so a tick costs no system call on rung 1.
//  - A child whose pidfd was closed by other code: the kernel then removes it from the epoll set.
// The timer is off while there is neither a start nor a child.
enum Rhythm { kAsleep, kSlow, kFast };
constexpr int64_t kFirstTick[] = {0, 1000, 4};  // milliseconds
constexpr int64_t kLastTick[] = {0, 60000, 64};
constexpr int kFastTicksToSlow = 64;

struct Registry {
  pthread_mutex_t lock;
  Entry* entries;
  uint32_t capacity, free_slot;
  uint32_t counts[kStates];
  int epoll;  // -1: no thread
  int timer;  // -1: there is none; the thread then wakes by the timeout of epoll_pwait
  Rhythm rhythm;
  int64_t tick;  // milliseconds
  uint32_t fast_ticks;
};

Registry registry = {PTHREAD_MUTEX_INITIALIZER, nullptr, 0, kNoSlot, {}, -1, -1, kAsleep, 0, 0};

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
  bool same = entry->state != kFree && entry->generation == id >> kSlotBits;
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
  registry.counts[kFree] += wanted - registry.capacity;
  registry.capacity = wanted;
  return true;
}

Entry* TakeSlot() {
  if (registry.free_slot == kNoSlot && !GrowRegistry()) return nullptr;
  Entry* entry = &registry.entries[registry.free_slot];
  registry.free_slot = entry->next_free;
  return entry;
}

void SetState(Entry* entry, State state) {
  registry.counts[entry->state]--;
  registry.counts[state]++;
  entry->state = state;
}

void FreeSlot(Entry* entry) {
  SetState(entry, kFree);
  entry->generation = static_cast<uint32_t>((entry->generation + 1) % kGenerations);
  entry->next_free = registry.free_slot;
  registry.free_slot = static_cast<uint32_t>(entry - registry.entries);
}

// Edge-triggered: the pidfd of a dead child that its tracer holds back stays readable, and the child cannot be reaped.
// With level-triggered events the thread would spin.
int EpollAdd(int fd, uint64_t id) {
  struct epoll_event event = {};
  event.events = EPOLLIN | EPOLLET;
  event.data.u64 = id;
  return static_cast<int>(sys_call4(__NR_epoll_ctl, registry.epoll, EPOLL_CTL_ADD, fd, &event));
}

// Must be called before close: a child that hangs before exec holds a copy of the table, which keeps the registration
// alive after this process's close.
int EpollRemove(int fd) {
  return static_cast<int>(sys_call4(__NR_epoll_ctl, registry.epoll, EPOLL_CTL_DEL, fd, nullptr));
}

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

// Under the lock, as is the release in the cleanup hook: so the function is not called after its release.
void Wake(Environment* owner) {
  if (owner->woken || owner->closed || owner->length == 0) return;
  owner->woken = true;
  if (napi_call_threadsafe_function(owner->wake, nullptr, napi_tsfn_nonblocking) == napi_closing) owner->closed = true;
}

void QueueEvent(Entry* entry, int kind, const spawn_outcome& outcome, const spawn_exit& exit) {
  if (entry->owner == nullptr) return;
  Push(entry->owner, Event{IdOf(entry), kind, outcome, exit});
}

void CloseAndFree(Entry* entry) {
  spawn_close(&entry->child);
  FreeSlot(entry);
}

bool IsWatched(const Entry* entry) { return entry->watched && entry->renewals == entry->child.renewals; }

// After a call that may have given the child another pidfd. The old number is not removed from the set: it is another
// file's now, and may be in the set as another child's pidfd.
void Rewatch(Entry* entry) {
  if (IsWatched(entry)) return;
  entry->watched = entry->child.pidfd >= 0 && EpollAdd(entry->child.pidfd, IdOf(entry)) == 0;
  entry->renewals = entry->child.renewals;
}

// The child has ended. Its pidfd stays open until JavaScript has taken the event, or is closed here if its environment
// is gone. The call that saw the end has checked that the number is still this child's.
void End(Entry* entry) {
  if (entry->child.pidfd >= 0) EpollRemove(entry->child.pidfd);
  SetState(entry, kOver);
  if (entry->owner == nullptr) CloseAndFree(entry);
}

void CheckEnd(Entry* entry) {
  spawn_exit exit = {};
  bool keeps = entry->keep_end && entry->owner != nullptr;
  if (keeps ? !spawn_has_ended(&entry->child) : spawn_reap(&entry->child, &exit) == 0) {
    Rewatch(entry);
    return;
  }
  QueueEvent(entry, keeps ? kUnreaped : kEnded, spawn_outcome{}, exit);
  End(entry);
}

void CheckStart(Entry* entry) {
  spawn_outcome outcome = {};
  if (entry->child.report_fd >= 0) EpollRemove(entry->child.report_fd);
  spawn_verdict verdict = spawn_ask(&entry->child, &outcome);
  if (verdict == SPAWN_PENDING) {
    Rewatch(entry);
    if (entry->child.report_fd >= 0) EpollAdd(entry->child.report_fd, IdOf(entry));  // if that fails, a tick tells
    return;
  }
  QueueEvent(entry, static_cast<int>(verdict), outcome, spawn_exit{});
  if (verdict != SPAWN_EXECED) {
    End(entry);
    return;
  }
  SetState(entry, kRunning);
  CheckEnd(entry);  // the edge of its end may have been consumed by the verdict
}

void Check(Entry* entry) {
  if (entry->state == kStarting) {
    CheckStart(entry);
  } else if (entry->state == kRunning) {
    CheckEnd(entry);
  }
}

void OnEvent(uint64_t id) {
  Lock lock;
  Entry* entry = Find(id);
  if (entry != nullptr) Check(entry);
}

// One wake for all events of a batch. An environment may have closed since: so the entries are looked up under the
// lock.
void WakeOwners(const uint64_t* ids, int count) {
  Lock lock;
  for (int i = 0; i < count; i++) {
    Entry* entry = Find(ids[i]);
    if (entry != nullptr && entry->owner != nullptr) Wake(entry->owner);
  }
}

// Checks the starts and children that send no events; with `all`, every one.
void CheckUnwatched(bool all) {
  bool holds = all || registry.rhythm == kSlow || ++registry.fast_ticks % kFastTicksToSlow == 0;
  for (uint32_t slot = 0; slot < registry.capacity; slot++) {
    Entry* entry = &registry.entries[slot];
    if (entry->state == kRunning && holds) spawn_hold(&entry->child, true);
    bool is_due = entry->state == kStarting ? spawn_may_be_decided(&entry->child) : !IsWatched(entry);
    if ((entry->state != kStarting && entry->state != kRunning) || !(all || is_due)) continue;
    Environment* owner = entry->owner;
    Check(entry);
    if (owner != nullptr) Wake(owner);
  }
}

// 0 or -errno; 0 milliseconds stop it.
int SetTimer(int64_t ms) {
  const struct itimerspec when = {{0, 0}, {ms / 1000, ms % 1000 * MILLISECOND_NS}};
  if (registry.timer < 0) return -EBADF;
  return static_cast<int>(sys_call4(__NR_timerfd_settime, registry.timer, 0, &when, nullptr));
}

// A timer that cannot be set is closed: the thread then wakes by the timeout of epoll_pwait.
void MakeTimer() {
  registry.rhythm = kAsleep;
  registry.timer = static_cast<int>(sys_call2(__NR_timerfd_create, CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
  if (registry.timer < 0 || (SetTimer(0) == 0 && EpollAdd(registry.timer, kTimer) == 0)) return;
  fds_close(registry.timer);
  registry.timer = -1;
}

// A filter forbids to set the timer. Closed only if it is in the epoll set: else other code has closed it, and the
// number is another file's.
void DropTimer() {
  if (EpollRemove(registry.timer) == 0) fds_close(registry.timer);
  registry.timer = -1;
}

bool Arm(int64_t ms) {
  int error = SetTimer(ms);
  if (error == 0) return true;
  if (error == -EBADF || error == -EINVAL) {  // there is none, or other code has closed it
    MakeTimer();
  } else {
    DropTimer();
  }
  return SetTimer(ms) == 0;
}

// For a new child: makes the next tick come as soon as its rhythm needs. No system call if it does already.
void Quicken(Rhythm wanted) {
  if (registry.rhythm >= wanted) return;
  registry.tick = kFirstTick[wanted];
  if (Arm(registry.tick)) registry.rhythm = wanted;
}

void Tick() {
  Lock lock;
  CheckUnwatched(false);
  Rhythm wanted = registry.counts[kStarting] > 0 ? kFast : registry.counts[kRunning] > 0 ? kSlow : kAsleep;
  bool is_same = wanted == registry.rhythm;
  registry.tick = is_same ? registry.tick * 2 : kFirstTick[wanted];
  if (registry.tick > kLastTick[wanted]) registry.tick = kLastTick[wanted];
  bool is_set = wanted != kAsleep && Arm(registry.tick);
  registry.rhythm = is_set ? wanted : kAsleep;
}

// In milliseconds.
long LongestWait() {
  Lock lock;
  return registry.timer < 0 ? kLastTick[kFast] : -1;
}

// If a filter refuses epoll_pwait: the thread sleeps for a bounded time, and checks all children.
void CheckAllByTime() {
  pause_sleep(kFirstTick[kFast] * MILLISECOND_NS);
  Lock lock;
  CheckUnwatched(true);
}

int StartThread();

// One thread for one epoll descriptor. If other code closes that descriptor, a new descriptor and thread take over. The
// old thread may still sleep on the old file; it wakes with the next event of an older child, and ends.
void* Run(void* argument) {
  constexpr int kBatch = 64;
  const int epoll = static_cast<int>(reinterpret_cast<intptr_t>(argument));
  struct epoll_event events[kBatch];
  uint64_t ids[kBatch];
  for (;;) {
    long count = sys_call6(__NR_epoll_pwait, epoll, reinterpret_cast<long>(events), kBatch, LongestWait(), 0, 0);
    bool is_time = count == 0;
    for (long i = 0; i < count; i++) {
      ids[i] = events[i].data.u64;
      is_time |= ids[i] == kTimer;
      OnEvent(ids[i]);
    }
    WakeOwners(ids, count > 0 ? static_cast<int>(count) : 0);
    if (is_time) Tick();
    bool is_lost = count == -EBADF || count == -EINVAL;
    if (count < 0 && count != -EINTR && !is_lost) CheckAllByTime();
    Lock lock;
    if (is_lost && registry.epoll == epoll) {
      registry.epoll = -1;
      StartThread();  // if that fails, the next start tries again
    }
    if (is_lost || registry.epoll != epoll) return nullptr;
  }
}

// Registers the children that live already with a new epoll descriptor.
void RegisterAll() {
  for (uint32_t slot = 0; slot < registry.capacity; slot++) {
    Entry* entry = &registry.entries[slot];
    if (entry->state != kStarting && entry->state != kRunning) continue;
    entry->watched = false;
    spawn_hold(&entry->child, true);
    Rewatch(entry);
    if (entry->child.report_fd >= 0) EpollAdd(entry->child.report_fd, IdOf(entry));
  }
}

int StartThread() {
  if (registry.epoll >= 0) return 0;
  int epoll = static_cast<int>(sys_call1(__NR_epoll_create1, EPOLL_CLOEXEC));
  if (epoll < 0) return epoll;
  // No signal handler of the program may run on this thread. The signals just below SIGRTMIN are libc's own and stay
  // open: setuid() in a program with threads sends one to each thread, and waits until all have answered.
  const uint64_t libc_own = (1ull << (SIGRTMIN - 1)) - (1ull << 31);
  uint64_t others = ~libc_own, mask;
  int error = static_cast<int>(sys_call4(__NR_rt_sigprocmask, SIG_SETMASK, &others, &mask, SYS_SIGSET_SIZE));
  if (error != 0) {
    fds_close(epoll);
    return error;
  }
  pthread_t thread;
  error = pthread_create(&thread, nullptr, Run, reinterpret_cast<void*>(static_cast<intptr_t>(epoll)));
  if (error == 0) pthread_detach(thread);
  sys_call4(__NR_rt_sigprocmask, SIG_SETMASK, &mask, nullptr, SYS_SIGSET_SIZE);
  if (error != 0) {
    fds_close(epoll);
    return -error;
  }
  registry.epoll = epoll;
  if (registry.timer < 0 || EpollAdd(registry.timer, kTimer) != 0) MakeTimer();
  RegisterAll();
  return 0;
}

int Register(Entry* entry) {
  uint64_t id = IdOf(entry);
  int error = EpollAdd(entry->child.pidfd, id);
  if (error != 0) return error;
  entry->watched = true;
  entry->renewals = entry->child.renewals;
  if (entry->child.report_fd < 0) return 0;
  error = EpollAdd(entry->child.report_fd, id);
  if (error != 0) EpollRemove(entry->child.pidfd);
  return error;
}

// Other code has closed the epoll descriptor. EBADF may also mean the child's descriptor.
bool IsEpollLost(int error) {
  return error == -EINVAL || (error == -EBADF && sys_call2(__NR_fcntl, registry.epoll, F_GETFD) == -EBADF);
}

// The state of the entry must be set before: if a new thread is started here, it registers all entries by their state.
int RegisterOrRenew(Entry* entry) {
  int error = Register(entry);
  if (error == 0) return 0;
  if (IsEpollLost(error)) {
    registry.epoll = -1;
    return StartThread();
  }
  int32_t before = entry->child.pidfd;
  spawn_hold(&entry->child, true);
  return entry->child.pidfd != before && entry->child.pidfd >= 0 ? Register(entry) : error;
}

void CallJavaScript(napi_env env, napi_value wake, void*, void*) {
  if (env == nullptr || wake == nullptr) return;
  napi_value undefined;
  if (napi_get_undefined(env, &undefined) == napi_ok) napi_call_function(env, undefined, wake, 0, nullptr, nullptr);
}

// Their environment is gone. Children that run go on, as in Node. Those before exec are killed: they hold the memory of
// this process, and nothing waits for their verdict. The thread reaps them all.
void Disown(Environment* owner) {
  for (uint32_t slot = 0; slot < registry.capacity; slot++) {
    Entry* entry = &registry.entries[slot];
    if (entry->state == kFree || entry->owner != owner) continue;
    entry->owner = nullptr;
    if (entry->state == kStarting) {
      spawn_kill(&entry->child, SIGKILL);
    } else if (entry->state == kOver) {
      spawn_exit exit;
      if (entry->keep_end) spawn_reap(&entry->child, &exit);
      CloseAndFree(entry);
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

// process.exit() runs no cleanup hook on the main thread. A child that has not exec'ed would outlive this process and
// keep all of its memory. PDEATHSIG ends it, unless it was stopped before it could set that: so all are killed here.
__attribute__((destructor)) void KillStartsAtExit() {
  if (pthread_mutex_trylock(&registry.lock) != 0) return;
  for (uint32_t slot = 0; slot < registry.capacity; slot++)
    if (registry.entries[slot].state == kStarting) spawn_kill(&registry.entries[slot].child, SIGKILL);
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
  // Added after the function is made: hooks run last to first, so this one runs before the function is gone.
  napi_add_env_cleanup_hook(env, CloseEnvironment, owner);
  return owner;
}

int64_t Watch(Environment* owner, spawn_child* child, bool execed, bool keep_end) {
  Lock lock;
  int error = StartThread();
  if (error != 0) return error;
  Entry* entry = TakeSlot();
  if (entry == nullptr) return -ENOMEM;
  entry->child = *child;
  entry->watched = false;
  entry->owner = owner;
  entry->keep_end = keep_end;
  SetState(entry, execed ? kRunning : kStarting);
  error = RegisterOrRenew(entry);
  if (error == 0) {
    Quicken(execed ? kSlow : kFast);
    return static_cast<int64_t>(IdOf(entry));
  }
  *child = entry->child;
  FreeSlot(entry);
  return error;
}

void Reap(uint64_t id, spawn_exit* exit) {
  Lock lock;
  Entry* entry = Find(id);
  *exit = spawn_exit{};
  exit->reaped_elsewhere = 1;
  exit->exit_code = -1;
  if (entry == nullptr || entry->state != kOver) return;
  spawn_reap(&entry->child, exit);
  CloseAndFree(entry);
}

size_t TakeEvents(Environment* owner, Event* events, size_t room) {
  Lock lock;
  size_t count = owner->length < room ? owner->length : room;
  for (size_t i = 0; i < count; i++) {
    events[i] = owner->queue[owner->head + i];
    Entry* entry = Find(events[i].id);
    if (events[i].kind != kExeced && events[i].kind != kUnreaped && entry != nullptr) CloseAndFree(entry);
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
  if (entry == nullptr || entry->owner != owner || entry->state == kOver) return -ESRCH;
  int error = spawn_kill(&entry->child, signal);
  Rewatch(entry);
  if (error == -ESRCH) {  // it has ended, and there may be no event for that
    Check(entry);
    Wake(owner);
  }
  return error;
}

void KeepAlive(Environment* owner, napi_env env, bool on) {
  if (on) {
    napi_ref_threadsafe_function(env, owner->wake);
  } else {
    napi_unref_threadsafe_function(env, owner->wake);
  }
}

}  // namespace forkless
