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

// The phases of a child, in this order; kFree is an entry without a child.
enum State : uint8_t {
  kFree,
  kStarting,  // the report pipe and the pidfd are watched; no verdict yet
  kRunning,   // it has exec'ed; the pidfd is watched
  kOver,      // it has ended or failed to start. Nothing is watched, but the entry and the pidfd are kept until its
              // owner has taken the event (TakeEvents) and, with keep_end, has reaped the child (Reap)
  kStates
};

struct Entry {
  spawn_child child;
  bool watched;        // the pidfd is in the epoll set
  uint32_t renewals;   // child.renewals when it was added: if that has changed, the child has another pidfd now
  Environment* owner;  // nullptr: its environment has ended; the child is still reaped
  uint32_t generation;
  uint32_t next_free;
  State state;
  int64_t begun;  // pause_clock(), if the child outlives its caller
  bool keep_end;  // at its end it is not reaped here, but by Reap()
  bool unreaped;  // it has ended, or failed late, and has been kept for Reap()
};

// An id is the index of the entry and its generation, not a pointer. The hazard: epoll may return an event of a
// descriptor that is closed by now. Its entry may be another child's, but the generation differs, so Find() fails.
constexpr int kIndexBits = 20;
constexpr uint32_t kNoIndex = (1u << kIndexBits) - 1;
constexpr uint64_t kGenerations = 1u << 30;

// For WaitForExec() and SettleStarts(): until 50 ms after the start of the child, or of the last one. A sleep of 50 µs
// takes two or three times as long, so the clock tells when they are over; the number of looks does if a filter refuses
// the clock.
constexpr int64_t kLongestWait = 50000000;  // nanoseconds
constexpr int64_t kLookInterval = 50000;    // nanoseconds
constexpr int kMostLooks = 1000;

// The id of the timer; no entry has it.
constexpr uint64_t kTimer = ~0ull;

// Events wake the thread. The hazard: in two cases there is no event. So a timer wakes the thread as well, fast while
// children are starting, slowly while they run:
//  - The report pipe of a start has no end of file, because a child that another thread has forked in between holds a
//    copy of the write end. On rung 1 a tick reads the word in the start's memory, without a system call.
//  - Other code has closed the pidfd of a child: the kernel then removes it from the epoll set.
// The timer is off while there is no child.
enum TickRate { kNoTicks, kSlowTicks, kFastTicks };
constexpr int64_t kFirstTick[] = {0, 1000, 4};  // milliseconds
constexpr int64_t kLastTick[] = {0, 60000, 64};
constexpr int kFastTicksToSlow = 64;

struct Registry {
  pthread_mutex_t lock;
  Entry* entries;
  uint32_t capacity, free_index;
  uint32_t counts[kStates];
  int epoll;  // -1: no thread
  int timer;  // -1: there is none; the thread then wakes by the timeout of epoll_pwait
  TickRate tick_rate;
  int64_t tick;  // milliseconds
  uint32_t fast_ticks;
};

Registry registry = {PTHREAD_MUTEX_INITIALIZER, nullptr, 0, kNoIndex, {}, -1, -1, kNoTicks, 0, 0};

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
  uint64_t index = static_cast<uint64_t>(entry - registry.entries);
  return (static_cast<uint64_t>(entry->generation) << kIndexBits) | index;
}

Entry* Find(uint64_t id) {
  uint64_t index = id & kNoIndex;
  if (index >= registry.capacity) return nullptr;
  Entry* entry = &registry.entries[index];
  bool same = entry->state != kFree && entry->generation == id >> kIndexBits;
  return same ? entry : nullptr;
}

bool GrowRegistry() {
  uint32_t wanted = registry.capacity == 0 ? 64 : registry.capacity * 2;
  if (wanted > kNoIndex) return false;
  registry.entries =
      static_cast<Entry*>(Grow(registry.entries, registry.capacity * sizeof(Entry), wanted * sizeof(Entry)));
  for (uint32_t index = wanted; index-- > registry.capacity;) {
    registry.entries[index] = Entry{};
    registry.entries[index].next_free = registry.free_index;
    registry.free_index = index;
  }
  registry.counts[kFree] += wanted - registry.capacity;
  registry.capacity = wanted;
  return true;
}

Entry* TakeEntry() {
  if (registry.free_index == kNoIndex && !GrowRegistry()) return nullptr;
  Entry* entry = &registry.entries[registry.free_index];
  registry.free_index = entry->next_free;
  return entry;
}

void SetState(Entry* entry, State state) {
  registry.counts[entry->state]--;
  registry.counts[state]++;
  entry->state = state;
}

void FreeEntry(Entry* entry) {
  SetState(entry, kFree);
  entry->generation = static_cast<uint32_t>((entry->generation + 1) % kGenerations);
  entry->next_free = registry.free_index;
  registry.free_index = static_cast<uint32_t>(entry - registry.entries);
}

// Edge-triggered. The hazard: while its tracer holds a dead child, the pidfd stays readable, but the child cannot be
// reaped. With level-triggered events the thread would spin.
int EpollAdd(int fd, uint64_t id) {
  struct epoll_event event = {};
  event.events = EPOLLIN | EPOLLET;
  event.data.u64 = id;
  return static_cast<int>(sys_call4(__NR_epoll_ctl, registry.epoll, EPOLL_CTL_ADD, fd, &event));
}

// Call it before the close. The hazard: a child that hangs before exec has a copy of the descriptor, so after a close
// here the file would still be in the epoll set.
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

// The queue is one block: when it is full at its end, the events move to its beginning, and it grows if that is not
// enough.
void AppendEvent(Environment* owner, const Event& event) {
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

// Call it under the lock. CloseEnvironment() releases the threadsafe function under the lock too, so it is not called
// after its release.
void Wake(Environment* owner) {
  if (owner->woken || owner->closed || owner->length == 0) return;
  owner->woken = true;
  if (napi_call_threadsafe_function(owner->wake, nullptr, napi_tsfn_nonblocking) == napi_closing) owner->closed = true;
}

void QueueEvent(Entry* entry, int kind, const spawn_outcome& outcome, const spawn_exit& exit) {
  if (entry->owner == nullptr) return;
  AppendEvent(entry->owner, Event{IdOf(entry), kind, outcome, exit});
}

void CloseAndFree(Entry* entry) {
  spawn_close(&entry->child);
  FreeEntry(entry);
}

bool IsWatched(const Entry* entry) { return entry->watched && entry->renewals == entry->child.renewals; }

// Call it after a call that may have given the child another pidfd. The hazard: the old number is another file's now,
// and may be in the epoll set as another child's pidfd. So it is not removed.
void WatchPidfd(Entry* entry) {
  if (IsWatched(entry)) return;
  entry->watched = entry->child.pidfd >= 0 && EpollAdd(entry->child.pidfd, IdOf(entry)) == 0;
  entry->renewals = entry->child.renewals;
}

// Whether the end of file on the report pipe, which shows the exec, must wake the thread. Not if nobody waits for that:
// then the next tick finds it, and the thread does not take the processor from the program that has just begun. A start
// that fails wakes the thread by its pidfd.
bool WatchesReport(const Entry* entry) {
  const spawn_child& child = entry->child;
  bool is_hurried = !child.outlives || child.shares_table || child.rung != RUNG_CLONE3;
  return child.report_fd >= 0 && is_hurried;
}

// The child has ended. Its pidfd is closed on its owner's thread, when JavaScript takes the event: a number that
// `process.pidfd` still shows is then never another file's. If there is no owner any more, it is closed here. The call
// that found the end has checked that the number is still this child's.
void MarkOver(Entry* entry) {
  if (entry->child.pidfd >= 0) EpollRemove(entry->child.pidfd);
  SetState(entry, kOver);
  if (entry->owner == nullptr) CloseAndFree(entry);
}

void CheckEnd(Entry* entry) {
  spawn_exit exit = {};
  bool keeps = entry->keep_end && entry->owner != nullptr;
  if (keeps ? !spawn_has_ended(&entry->child) : spawn_reap(&entry->child, &exit) == 0) {
    WatchPidfd(entry);
    return;
  }
  entry->unreaped = keeps;
  QueueEvent(entry, keeps ? kUnreaped : kEnded, spawn_outcome{}, exit);
  MarkOver(entry);
}

// Whether JavaScript has been told that this child runs, and it does or did: a signal that ended it before exec is its
// end, as any other.
bool RunsAsTold(const Entry* entry, spawn_verdict verdict, const spawn_outcome& outcome) {
  if (!entry->child.outlives) return false;
  return verdict == SPAWN_EXECED || (verdict == SPAWN_DIED && outcome.signal != 0);
}

// A start that has failed although its caller believes that it runs: the verdict has not reaped it, and Reap() does.
void KeepFailed(Entry* entry) {
  spawn_exit exit;
  entry->unreaped = entry->child.outlives && entry->owner != nullptr;
  if (entry->child.outlives && !entry->unreaped) spawn_reap(&entry->child, &exit);
}

void CheckStart(Entry* entry) {
  spawn_outcome outcome = {};
  if (WatchesReport(entry)) EpollRemove(entry->child.report_fd);
  spawn_verdict verdict = spawn_ask(&entry->child, &outcome);
  if (verdict == SPAWN_PENDING) {
    WatchPidfd(entry);
    if (WatchesReport(entry)) EpollAdd(entry->child.report_fd, IdOf(entry));  // if that fails, a tick checks it
    return;
  }
  bool runs_as_told = RunsAsTold(entry, verdict, outcome);
  if (!runs_as_told) QueueEvent(entry, static_cast<int>(verdict), outcome, spawn_exit{});
  if (!runs_as_told && verdict != SPAWN_EXECED) {
    KeepFailed(entry);
    MarkOver(entry);
    return;
  }
  SetState(entry, kRunning);
  CheckEnd(entry);  // it may have ended already, and the one event for that may have been this one
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

// One call of Wake() for all events of a batch. The hazard: an environment may have ended since, and its memory is
// freed. So the owners are read again under the lock.
void WakeOwners(const uint64_t* ids, int count) {
  Lock lock;
  for (int i = 0; i < count; i++) {
    Entry* entry = Find(ids[i]);
    if (entry != nullptr && entry->owner != nullptr) Wake(entry->owner);
  }
}

// Checks the children that may have no events (see TickRate); with `all`, every child.
void CheckUnwatched(bool all) {
  bool checks_pidfds = all || registry.tick_rate == kSlowTicks || ++registry.fast_ticks % kFastTicksToSlow == 0;
  for (uint32_t index = 0; index < registry.capacity; index++) {
    Entry* entry = &registry.entries[index];
    if (entry->state == kRunning && checks_pidfds) spawn_ensure_pidfd(&entry->child, true);
    bool is_due = entry->state == kStarting ? spawn_may_be_decided(&entry->child) : !IsWatched(entry);
    if ((entry->state != kStarting && entry->state != kRunning) || !(all || is_due)) continue;
    Environment* owner = entry->owner;
    Check(entry);
    if (owner != nullptr) Wake(owner);
  }
}

// 0 or -errno. With 0 milliseconds it stops the timer.
int SetTimer(int64_t ms) {
  const struct itimerspec when = {{0, 0}, {ms / 1000, ms % 1000 * MILLISECOND_NS}};
  if (registry.timer < 0) return -EBADF;
  return static_cast<int>(sys_call4(__NR_timerfd_settime, registry.timer, 0, &when, nullptr));
}

// A timer that cannot be set is closed: the thread then wakes by the timeout of epoll_pwait.
void MakeTimer() {
  registry.tick_rate = kNoTicks;
  registry.timer = static_cast<int>(sys_call2(__NR_timerfd_create, CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
  if (registry.timer < 0 || (SetTimer(0) == 0 && EpollAdd(registry.timer, kTimer) == 0)) return;
  fds_close(registry.timer);
  registry.timer = -1;
}

// If a filter refuses to set the timer. The hazard: other code may have closed it, and its number may be another
// file's. So it is closed only if it is still in the epoll set.
void DropTimer() {
  if (EpollRemove(registry.timer) == 0) fds_close(registry.timer);
  registry.timer = -1;
}

bool SetOrReplaceTimer(int64_t ms) {
  int error = SetTimer(ms);
  if (error == 0) return true;
  if (error == -EBADF || error == -EINVAL) {  // there is none, or other code has closed it
    MakeTimer();
  } else {
    DropTimer();
  }
  return SetTimer(ms) == 0;
}

// For a new child: makes the timer at least this fast. No system call if it is already.
void SpeedUpTicks(TickRate wanted) {
  if (registry.tick_rate >= wanted) return;
  registry.tick = kFirstTick[wanted];
  if (SetOrReplaceTimer(registry.tick)) registry.tick_rate = wanted;
}

// The interval doubles with each tick, up to a limit, and begins anew if the rate changes.
void Tick() {
  Lock lock;
  CheckUnwatched(false);
  TickRate wanted = registry.counts[kStarting] > 0 ? kFastTicks : registry.counts[kRunning] > 0 ? kSlowTicks : kNoTicks;
  bool is_same = wanted == registry.tick_rate;
  registry.tick = is_same ? registry.tick * 2 : kFirstTick[wanted];
  if (registry.tick > kLastTick[wanted]) registry.tick = kLastTick[wanted];
  bool is_set = wanted != kNoTicks && SetOrReplaceTimer(registry.tick);
  registry.tick_rate = is_set ? wanted : kNoTicks;
}

// For epoll_pwait, in milliseconds; -1: no limit, because the timer wakes the thread.
long LongestWait() {
  Lock lock;
  return registry.timer < 0 ? kLastTick[kFastTicks] : -1;
}

// If a filter refuses epoll_pwait: the thread sleeps for a bounded time, and checks all children.
void CheckAllByTime() {
  pause_sleep(kFirstTick[kFastTicks] * MILLISECOND_NS);
  Lock lock;
  CheckUnwatched(true);
}

int StartThread();

// The thread. It may be killed at any instruction, because process.exit() runs no cleanup hook.
//
// The hazard: other code may close the epoll descriptor. Then a new descriptor and a new thread replace it. The old
// thread may still sleep on the old file; it wakes up with the next event of an older child, and ends.
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

// Adds the present children to a new epoll descriptor.
void RegisterAll() {
  for (uint32_t index = 0; index < registry.capacity; index++) {
    Entry* entry = &registry.entries[index];
    if (entry->state != kStarting && entry->state != kRunning) continue;
    entry->watched = false;
    spawn_ensure_pidfd(&entry->child, true);
    WatchPidfd(entry);
    if (WatchesReport(entry)) EpollAdd(entry->child.report_fd, IdOf(entry));
  }
}

int StartThread() {
  if (registry.epoll >= 0) return 0;
  int epoll = static_cast<int>(sys_call1(__NR_epoll_create1, EPOLL_CLOEXEC));
  if (epoll < 0) return epoll;
  // No signal handler of the program may run on this thread. The hazard: the signals just below SIGRTMIN are libc's
  // own. setuid() in a program with threads sends one to each thread, and waits until all have handled it. So these are
  // not blocked.
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
  if (!WatchesReport(entry)) return 0;
  error = EpollAdd(entry->child.report_fd, id);
  if (error != 0) EpollRemove(entry->child.pidfd);
  return error;
}

// Whether other code has closed the epoll descriptor. EBADF alone may also mean the child's descriptor.
bool IsEpollLost(int error) {
  return error == -EINVAL || (error == -EBADF && sys_call2(__NR_fcntl, registry.epoll, F_GETFD) == -EBADF);
}

// Set the state of the entry before: if a new thread is started here, RegisterAll() skips entries that are kFree. If
// other code has closed the child's pidfd, the child gets a new one, and that is tried.
int RegisterOrRenew(Entry* entry) {
  int error = Register(entry);
  if (error == 0) return 0;
  if (IsEpollLost(error)) {
    registry.epoll = -1;
    return StartThread();
  }
  int32_t before = entry->child.pidfd;
  spawn_ensure_pidfd(&entry->child, true);
  return entry->child.pidfd != before && entry->child.pidfd >= 0 ? Register(entry) : error;
}

void CallJavaScript(napi_env env, napi_value wake, void*, void*) {
  if (env == nullptr || wake == nullptr) return;
  napi_value undefined;
  if (napi_get_undefined(env, &undefined) == napi_ok) napi_call_function(env, undefined, wake, 0, nullptr, nullptr);
}

// Their environment ends. Running programs go on, as in Node, and so do children of which their caller believes that
// they run. Other children before exec are killed: they would keep the memory of this process in use, and no code waits
// for their verdict. The thread reaps all of them.
void ReleaseChildren(Environment* owner) {
  for (uint32_t index = 0; index < registry.capacity; index++) {
    Entry* entry = &registry.entries[index];
    if (entry->state == kFree || entry->owner != owner) continue;
    entry->owner = nullptr;
    if (entry->state == kStarting) {
      if (!entry->child.outlives) spawn_kill(&entry->child, SIGKILL);
    } else if (entry->state == kOver) {
      spawn_exit exit;
      if (entry->unreaped) spawn_reap(&entry->child, &exit);
      CloseAndFree(entry);
    }
  }
}

void CloseEnvironment(void* data) {
  Environment* owner = static_cast<Environment*>(data);
  {
    Lock lock;
    ReleaseChildren(owner);
    bool released = owner->closed;
    owner->closed = true;
    if (!released) napi_release_threadsafe_function(owner->wake, napi_tsfn_abort);
  }
  free(owner->queue);
  free(owner);
}

// The hazard: process.exit() runs no cleanup hook on the main thread, and a child that has not exec'ed would outlive
// this process and keep all of its memory in use. PDEATHSIG ends it, unless it was stopped before it could set that. So
// all of them are killed here, except those of which their caller believes that they run. trylock, because the thread
// that calls exit() may hold the lock itself, in a signal handler.
__attribute__((destructor)) void KillStartsAtExit() {
  if (pthread_mutex_trylock(&registry.lock) != 0) return;
  for (uint32_t index = 0; index < registry.capacity; index++)
    if (registry.entries[index].state == kStarting && !registry.entries[index].child.outlives)
      spawn_kill(&registry.entries[index].child, SIGKILL);
  pthread_mutex_unlock(&registry.lock);
}

// Calls `is_over`, at least once, until it returns true or the time since `begun` is over.
template <typename Condition>
void LookUntil(Condition is_over, int64_t begun) {
  for (int look = 0; look < kMostLooks && !is_over() && pause_clock() - begun < kLongestWait; look++)
    pause_sleep(kLookInterval);
}

// False: the child has exec'ed, or is none that outlives its caller. Else *begun is when it was started.
bool IsBelievedToRun(uint64_t id, int64_t* begun) {
  Lock lock;
  Entry* entry = Find(id);
  if (entry == nullptr || entry->state != kStarting || !entry->child.outlives) return false;
  Environment* owner = entry->owner;
  *begun = entry->begun;
  CheckStart(entry);
  bool is_starting = entry->state == kStarting;
  if (!is_starting && owner != nullptr) Wake(owner);
  return is_starting;
}

// The caller believes that the program runs, so the signal is meant for the program. The hazard: before exec, SIGSTOP
// would stop a child that uses this process's memory, and SIGQUIT would dump that memory. So this waits for exec, but
// not for long: a program on a dead network file system may never begin. And not once for each call: many such children
// may be sent a signal at once.
void WaitForExec(uint64_t id) {
  int64_t begun = 0;
  if (IsBelievedToRun(id, &begun)) LookUntil([id, &begun] { return !IsBelievedToRun(id, &begun); }, begun);
}

// The children that are believed to run and have no verdict.
struct Believed {
  uint32_t count;
  int64_t last_begun;
};

// With `looks` after a look at those that may have exec'ed.
Believed FindBelieved(bool looks) {
  Lock lock;
  Believed found = {0, 0};
  if (looks) CheckUnwatched(false);
  for (uint32_t index = 0; index < registry.capacity; index++) {
    const Entry& entry = registry.entries[index];
    if (entry.state != kStarting || !entry.child.outlives) continue;
    found.count++;
    if (entry.begun > found.last_begun) found.last_begun = entry.begun;
  }
  return found;
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
  // `wake` is also the resource that async_hooks shows: its hasRef() says whether the channel keeps the loop alive.
  napi_status status = napi_create_threadsafe_function(env, wake, wake, name, 0, 1, nullptr, nullptr, nullptr,
                                                       CallJavaScript, &owner->wake);
  if (status != napi_ok) {
    free(owner);
    *error = -ENOMEM;
    return nullptr;
  }
  napi_unref_threadsafe_function(env, owner->wake);
  // Hooks run last to first. This one is added after the function is made, so it runs before the function is destroyed.
  napi_add_env_cleanup_hook(env, CloseEnvironment, owner);
  return owner;
}

int64_t Watch(Environment* owner, spawn_child* child, bool execed, bool keep_end) {
  Lock lock;
  int error = StartThread();
  if (error != 0) return error;
  Entry* entry = TakeEntry();
  if (entry == nullptr) return -ENOMEM;
  entry->child = *child;
  entry->watched = false;
  entry->owner = owner;
  entry->begun = child->outlives ? pause_clock() : 0;
  entry->keep_end = keep_end;
  entry->unreaped = false;
  SetState(entry, execed ? kRunning : kStarting);
  error = RegisterOrRenew(entry);
  if (error == 0) {
    SpeedUpTicks(execed ? kSlowTicks : kFastTicks);
    return static_cast<int64_t>(IdOf(entry));
  }
  *child = entry->child;
  FreeEntry(entry);
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
    if (events[i].kind != kExeced && entry != nullptr && !entry->unreaped) CloseAndFree(entry);
  }
  owner->head += count;
  owner->length -= count;
  if (owner->length == 0) {
    owner->head = 0;
    owner->woken = false;
  }
  return count;
}

uint32_t StartsUnderWay() { return __atomic_load_n(&registry.counts[kStarting], __ATOMIC_RELAXED); }

bool SettleStarts() {
  const Believed before = FindBelieved(false);
  uint32_t left = before.count;
  if (left == 0) return false;
  const auto look = [&before, &left] {
    left = FindBelieved(true).count;
    return left < before.count;
  };
  LookUntil(look, before.last_begun);
  return left < before.count;
}

int Signal(Environment* owner, uint64_t id, int signal) {
  if (signal != 0 && signal != SIGKILL) WaitForExec(id);
  Lock lock;
  Entry* entry = Find(id);
  if (entry == nullptr || entry->owner != owner || entry->state == kOver) return -ESRCH;
  int error = spawn_kill(&entry->child, signal);
  WatchPidfd(entry);
  if (error == -ESRCH) {  // it has ended, and if other code has closed its pidfd, there is no event for that
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
