// The border to JavaScript. It moves numbers and buffers; what they mean is decided in TypeScript and in csrc/core.
#include <errno.h>
#include <napi.h>
#include <signal.h>
#include <stdlib.h>

#include "collect-glue.h"
#include "exec-addresses.h"
#include "watcher.h"

extern "C" {
#include "../core/plan.h"
}

namespace {

using forkless::Environment;
using forkless::Event;

// A record of numbers, one for each event and for each start: lib/binding.ts names the same places.
enum Place {
  kId,
  kKind,
  kError,
  kStep,
  kOp,
  kExitCode,
  kSignal,
  kCoreDumped,
  kTaken,
  kPid,
  kPidfd = kPid + 1,
  kUsage = kPidfd + 1,
  kPlaces = kUsage + 13
};

void WriteOutcome(double* record, const spawn_outcome& outcome) {
  record[kError] = outcome.error;
  record[kStep] = outcome.step;
  record[kOp] = outcome.op;
  record[kExitCode] = outcome.exit_code;
  record[kSignal] = outcome.signal;
}

void WriteExit(double* record, const spawn_exit& exit) {
  const spawn_usage& usage = exit.usage;
  record[kExitCode] = exit.exit_code;
  record[kSignal] = exit.signal;
  record[kCoreDumped] = exit.core_dumped;
  record[kTaken] = exit.taken;
  const int64_t values[] = {
      usage.user_us, usage.system_us,          usage.max_rss_kb,          usage.minor_faults,  usage.major_faults,
      usage.swaps,   usage.in_blocks,          usage.out_blocks,          usage.messages_sent, usage.messages_received,
      usage.signals, usage.voluntary_switches, usage.involuntary_switches};
  static_assert(sizeof values / sizeof values[0] == kPlaces - kUsage, "a place for each figure");
  for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) record[kUsage + i] = static_cast<double>(values[i]);
}

class Addon : public Napi::Addon<Addon> {
 public:
  Addon(Napi::Env env, Napi::Object exports) {
    (void)env;
    spawn_prepare();
    DefineAddon(exports, {
                             InstanceMethod("layout", &Addon::Layout),
                             InstanceMethod("listen", &Addon::Listen),
                             InstanceMethod("start", &Addon::Start),
                             InstanceMethod("startAndWait", &Addon::StartAndWait),
                             InstanceMethod("reap", &Addon::Reap),
                             InstanceMethod("collect", &Addon::Collect),
                             InstanceMethod("takeEvents", &Addon::TakeEvents),
                             InstanceMethod("signal", &Addon::Signal),
                             InstanceMethod("keepAlive", &Addon::KeepAlive),
                             InstanceMethod("forceRung", &Addon::ForceRung),
                             InstanceMethod("rung", &Addon::Rung),
                             InstanceMethod("rungCounts", &Addon::RungCounts),
                             InstanceMethod("forceFlat", &Addon::ForceFlat),
                             InstanceMethod("flatCount", &Addon::FlatCount),
                             InstanceMethod("pipe", &Addon::Pipe),
                             InstanceMethod("socketPair", &Addon::SocketPair),
                             InstanceMethod("socketPairs", &Addon::SocketPairs),
                             InstanceMethod("release", &Addon::Release),
                             InstanceMethod("closeAll", &Addon::CloseAll),
                             InstanceMethod("readEnviron", &Addon::ReadEnviron),
                             InstanceMethod("execAddresses", &Addon::ExecAddresses),
                             InstanceMethod("getCloexec", &Addon::GetCloexec),
                             InstanceMethod("setCloexec", &Addon::SetCloexec),
                         });
  }

  // A Worker may be terminated between the making of socket pairs and release(): JavaScript then never closes them.
  ~Addon() {
    CloseHeld();
    free(held_);
  }
  Addon(const Addon&) = delete;
  Addon& operator=(const Addon&) = delete;

 private:
  // Sockets that are neither closed nor handed over yet.
  int* held_ = nullptr;
  size_t held_count_ = 0, held_room_ = 0;

  static Napi::Value Number(const Napi::CallbackInfo& info, double value) {
    return Napi::Number::New(info.Env(), value);
  }

  // The first argument of all that speaks of children: what listen() has given.
  static Environment* Channel(const Napi::CallbackInfo& info) {
    return info[0].As<Napi::External<Environment>>().Data();
  }

  static uint64_t Id(const Napi::CallbackInfo& info, size_t index) {
    return static_cast<uint64_t>(info[index].As<Napi::Number>().Int64Value());
  }

  static int Int(const Napi::CallbackInfo& info, size_t index) { return info[index].As<Napi::Number>().Int32Value(); }

  // { version, steps, operations: [[name, syscall], …], recordSize }: what the loaded binary calls the steps and
  // stages.
  Napi::Value Layout(const Napi::CallbackInfo& info) {
    static const char* const names[][2] = {
#define X(op, name, call) {name, call},
        PLAN_STEPS(X){nullptr, nullptr}, PLAN_STAGES(X)
#undef X
    };
    Napi::Env env = info.Env();
    Napi::Object layout = Napi::Object::New(env);
    Napi::Array operations = Napi::Array::New(env);
    uint32_t count = 0;
    for (const auto& name : names) {
      if (name[0] == nullptr) continue;
      Napi::Array pair = Napi::Array::New(env, 2);
      pair.Set(0u, Napi::String::New(env, name[0]));
      pair.Set(1u, Napi::String::New(env, name[1]));
      operations.Set(count++, pair);
    }
    layout.Set("version", Napi::Number::New(env, PLAN_LAYOUT));
    layout.Set("steps", Napi::Number::New(env, PLAN_STEP_COUNT));
    layout.Set("operations", operations);
    layout.Set("recordSize", Napi::Number::New(env, kPlaces));
    return layout;
  }

  // listen(wake): a channel, or -errno. Each copy of the library in this environment has one of its own.
  Napi::Value Listen(const Napi::CallbackInfo& info) {
    int error = 0;
    Environment* channel = forkless::OpenEnvironment(info.Env(), info[0], &error);
    if (channel == nullptr) return Number(info, error);
    return Napi::External<Environment>::New(info.Env(), channel);
  }

  // start(channel, plan, size, record): fills the record; kind 0 says that a child has been made and its verdict will
  // follow.
  Napi::Value Start(const Napi::CallbackInfo& info) {
    spawn_child child;
    spawn_failure failure;
    int error = spawn_start(Plan(info), PlanSize(info), &child, &failure);
    if (error != 0) return Fail(info, error, failure.step, failure.op);
    return HandOver(info, &child, SPAWN_PENDING, spawn_outcome{}, false);
  }

  // startAndWait(channel, plan, size, record, pairs, keepEnd): the same, but returns with the verdict. `pairs` are
  // sockets, ours and as many of the child's; the latter are closed once the child has them, and stand there as -1
  // then. With `keepEnd` its end is for reap().
  Napi::Value StartAndWait(const Napi::CallbackInfo& info) {
    spawn_child child;
    spawn_failure failure;
    spawn_outcome outcome = {};
    int error = spawn_start_ahead(Plan(info), PlanSize(info), &child, &failure);
    CloseTheirs(info);
    if (error != 0) return Fail(info, error, failure.step, failure.op);
    spawn_verdict verdict = spawn_wait(&child, &outcome);
    if (IsEnding(info)) CloseHeld();
    return HandOver(info, &child, verdict, outcome, info[5].As<Napi::Boolean>().Value());
  }

  static const uint8_t* Plan(const Napi::CallbackInfo& info) { return info[1].As<Napi::Uint8Array>().Data(); }

  static size_t PlanSize(const Napi::CallbackInfo& info) { return info[2].As<Napi::Number>().Uint32Value(); }

  static double* Record(const Napi::CallbackInfo& info) { return info[3].As<Napi::Float64Array>().Data(); }

  static Napi::Value HandOver(const Napi::CallbackInfo& info, spawn_child* child, spawn_verdict verdict,
                              const spawn_outcome& outcome, bool keep_end) {
    double* record = Record(info);
    record[kKind] = verdict;
    record[kPid] = child->pid;
    record[kPidfd] = child->pidfd;
    WriteOutcome(record, outcome);
    if (verdict == SPAWN_PENDING || verdict == SPAWN_EXECED) {
      int64_t id = forkless::Watch(Channel(info), child, verdict == SPAWN_EXECED, keep_end);
      if (id < 0) return Abandon(info, child, verdict, static_cast<int>(id));
      record[kId] = static_cast<double>(id);
    } else {
      spawn_close(child);
    }
    return info.Env().Undefined();
  }

  // reap(id, record): how a child has ended of which takeEvents() has said that it is unreaped.
  Napi::Value Reap(const Napi::CallbackInfo& info) {
    spawn_exit exit;
    forkless::Reap(Id(info, 0), &exit);
    WriteExit(info[1].As<Napi::Float64Array>().Data(), exit);
    return info.Env().Undefined();
  }

  void CloseTheirs(const Napi::CallbackInfo& info) {
    Napi::Int32Array pairs = info[4].As<Napi::Int32Array>();
    size_t count = pairs.ElementLength() / 2;
    int32_t* theirs = pairs.Data() + count;
    CloseNow(theirs, count);
    for (size_t i = 0; i < count; i++) theirs[i] = -1;
  }

  bool Hold(const int* numbers, size_t count) {
    if (held_count_ + count > held_room_) {
      size_t room = 2 * (held_count_ + count);
      int* bigger = static_cast<int*>(realloc(held_, room * sizeof(int)));
      if (bigger == nullptr) return false;
      held_ = bigger;
      held_room_ = room;
    }
    for (size_t i = 0; i < count; i++) held_[held_count_++] = numbers[i];
    return true;
  }

  // Those only: other pairs may be held until these are closed. Both from the end, where the last ones stand.
  void LetGo(const int* numbers, size_t count) {
    while (count-- > 0) {
      size_t at = held_count_;
      while (at > 0 && held_[at - 1] != numbers[count]) at--;
      if (at > 0) held_[at - 1] = held_[--held_count_];
    }
  }

  void CloseNow(const int* numbers, size_t count) {
    LetGo(numbers, count);
    fds_close_all(numbers, count);
  }

  // A Worker that is terminated while it waits here never goes on in JavaScript, which would have closed them: the
  // child would wait for an end of its input for ever.
  void CloseHeld() {
    fds_close_all(held_, held_count_);
    held_count_ = 0;
  }

  // release(numbers, from, count): these sockets belong to JavaScript from now on.
  Napi::Value Release(const Napi::CallbackInfo& info) {
    LetGo(Numbers(info) + Int(info, 1), static_cast<size_t>(Int(info, 2)));
    return info.Env().Undefined();
  }

  static const int* Numbers(const Napi::CallbackInfo& info) { return info[0].As<Napi::Int32Array>().Data(); }

  // Node answers no question of a thread that is being terminated. An element is asked for, not a name: that would be
  // looked for on Object.prototype as well, where a getter of the program may throw, while the child runs.
  static bool IsEnding(const Napi::CallbackInfo& info) {
    napi_value element;
    return napi_get_element(info.Env(), info[3], 0, &element) != napi_ok;
  }

  static Napi::Value Fail(const Napi::CallbackInfo& info, int error, int step, uint32_t op) {
    double* record = Record(info);
    record[kKind] = forkless::kFailed;
    WriteOutcome(record, spawn_outcome{-error, step, op, -1, 0});
    return info.Env().Undefined();
  }

  // A child that cannot be watched must not stay behind.
  static Napi::Value Abandon(const Napi::CallbackInfo& info, spawn_child* child, spawn_verdict verdict, int error) {
    spawn_outcome outcome;
    spawn_kill(child, SIGKILL);
    if (verdict == SPAWN_PENDING) verdict = spawn_wait(child, &outcome);
    if (verdict == SPAWN_EXECED) spawn_end(child);
    spawn_close(child);
    return Fail(info, error, -1, OP_WATCH);
  }

  // collect(plan, size, ours, theirs, input, limits, record): starts a child, returns at its end with what came out of
  // its pipes, and fills the record. Both ends of the pipes are closed by this; with an `input` the first is written,
  // all others are read. `limits` are milliseconds or 0, bytes or -1, the signal, and whether the time counts from the
  // start.
  Napi::Value Collect(const Napi::CallbackInfo& info) {
    collect_result result;
    for (size_t list = 2; list <= 3; list++) {  // it closes all, whatever happens
      Napi::Int32Array ends = info[list].As<Napi::Int32Array>();
      LetGo(ends.Data(), ends.ElementLength());
    }
    Napi::Value outputs = forkless::Collect(info, &result);
    double* record = info[6].As<Napi::Float64Array>().Data();
    record[kKind] = result.verdict;
    record[kPid] = result.pid;
    WriteOutcome(record, result.outcome);
    if (result.verdict == SPAWN_EXECED) WriteExit(record, result.exit);
    if (result.verdict != SPAWN_FAILED) record[kError] = result.error;
    return outputs;
  }

  // takeEvents(channel, records): how many were written, one after the other.
  Napi::Value TakeEvents(const Napi::CallbackInfo& info) {
    constexpr size_t kRoom = 64;
    Event events[kRoom];
    Napi::Float64Array records = info[1].As<Napi::Float64Array>();
    double* record = records.Data();
    size_t room = records.ElementLength() / kPlaces;
    size_t count = forkless::TakeEvents(Channel(info), events, room < kRoom ? room : kRoom);
    for (size_t i = 0; i < count; i++, record += kPlaces) {
      record[kId] = static_cast<double>(events[i].id);
      record[kKind] = events[i].kind;
      if (events[i].kind == forkless::kEnded) {
        WriteExit(record, events[i].exit);
      } else {
        WriteOutcome(record, events[i].outcome);
      }
    }
    return Number(info, static_cast<double>(count));
  }

  // signal(channel, id, number): 0 or -errno.
  Napi::Value Signal(const Napi::CallbackInfo& info) {
    return Number(info, forkless::Signal(Channel(info), Id(info, 1), Int(info, 2)));
  }

  Napi::Value KeepAlive(const Napi::CallbackInfo& info) {
    forkless::KeepAlive(Channel(info), info.Env(), info[1].As<Napi::Boolean>().Value());
    return info.Env().Undefined();
  }

  Napi::Value ForceRung(const Napi::CallbackInfo& info) {
    spawn_force_rung(Int(info, 0));
    return info.Env().Undefined();
  }

  Napi::Value Rung(const Napi::CallbackInfo& info) { return Number(info, spawn_rung()); }

  Napi::Value RungCounts(const Napi::CallbackInfo& info) {
    uint64_t counts[SPAWN_RUNGS];
    spawn_counts(counts);
    Napi::Array list = Napi::Array::New(info.Env(), SPAWN_RUNGS);
    for (uint32_t i = 0; i < SPAWN_RUNGS; i++) list.Set(i, Number(info, static_cast<double>(counts[i])));
    return list;
  }

  Napi::Value ForceFlat(const Napi::CallbackInfo& info) {
    spawn_force_flat(Int(info, 0));
    return info.Env().Undefined();
  }

  Napi::Value FlatCount(const Napi::CallbackInfo& info) {
    return Number(info, static_cast<double>(spawn_flat_count()));
  }

  // pipe(pair), socketPair(pair): 0 or -errno; the Int32Array gets both numbers.
  Napi::Value Pipe(const Napi::CallbackInfo& info) {
    return Number(info, fds_pipe(info[0].As<Napi::Int32Array>().Data()));
  }

  Napi::Value SocketPair(const Napi::CallbackInfo& info) {
    return Number(info, fds_socket_pair(info[0].As<Napi::Int32Array>().Data()));
  }

  // socketPairs(numbers): as many pairs as there is room for, all or none; 0 or -errno.
  Napi::Value SocketPairs(const Napi::CallbackInfo& info) {
    Napi::Int32Array numbers = info[0].As<Napi::Int32Array>();
    size_t count = numbers.ElementLength();
    int error = fds_socket_pairs(numbers.Data(), count / 2);
    if (error == 0 && !Hold(numbers.Data(), count)) {
      fds_close_all(numbers.Data(), count);
      error = -ENOMEM;
    }
    return Number(info, error);
  }

  // closeAll(numbers, from, count)
  Napi::Value CloseAll(const Napi::CallbackInfo& info) {
    CloseNow(Numbers(info) + Int(info, 1), static_cast<size_t>(Int(info, 2)));
    return info.Env().Undefined();
  }

  // readEnviron(block, before): as environ_read().
  Napi::Value ReadEnviron(const Napi::CallbackInfo& info) {
    Napi::Uint8Array block = info[0].As<Napi::Uint8Array>();
    char* text = reinterpret_cast<char*>(block.Data());
    return Number(info, static_cast<double>(environ_read(text, block.ByteLength(), static_cast<size_t>(Int(info, 1)))));
  }

  Napi::Value ExecAddresses(const Napi::CallbackInfo& info) { return forkless::ExecAddresses(info.Env()); }

  Napi::Value GetCloexec(const Napi::CallbackInfo& info) { return Number(info, fds_get_cloexec(Int(info, 0))); }

  Napi::Value SetCloexec(const Napi::CallbackInfo& info) {
    return Number(info, fds_set_cloexec(Int(info, 0), info[1].As<Napi::Boolean>().Value()));
  }
};

}  // namespace

NODE_API_ADDON(Addon)
