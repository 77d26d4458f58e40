// The exports to JavaScript. They only move numbers and buffers between TypeScript and csrc/core.
#include <errno.h>
#include <napi.h>
#include <signal.h>
#include <stdlib.h>

#include "collect-glue.h"
#include "exec-addresses.h"
#include "layout.h"
#include "record.h"
#include "watcher.h"

extern "C" {
#include "../core/environ.h"
#include "../core/fds.h"
#include "../core/plan.h"
#include "../core/pty.h"
}

namespace {

using forkless::Environment;
using forkless::Event;
using forkless::kError;
using forkless::kId;
using forkless::kKind;
using forkless::kPid;
using forkless::kPidfd;
using forkless::kPlaces;
using forkless::WriteExit;
using forkless::WriteOutcome;

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
                             InstanceMethod("startKnown", &Addon::StartKnown),
                             InstanceMethod("makeProgram", &Addon::MakeProgram),
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
                             InstanceMethod("forceCertain", &Addon::ForceCertain),
                             InstanceMethod("certainCount", &Addon::CertainCount),
                             InstanceMethod("useRunner", &Addon::UseRunner),
                             InstanceMethod("runner", &Addon::Runner),
                             InstanceMethod("forceRunner", &Addon::ForceRunner),
                             InstanceMethod("pipe", &Addon::Pipe),
                             InstanceMethod("socketPair", &Addon::SocketPair),
                             InstanceMethod("socketPairs", &Addon::SocketPairs),
                             InstanceMethod("release", &Addon::Release),
                             InstanceMethod("closeAll", &Addon::CloseAll),
                             InstanceMethod("readEnviron", &Addon::ReadEnviron),
                             InstanceMethod("execAddresses", &Addon::ExecAddresses),
                             InstanceMethod("getCloexec", &Addon::GetCloexec),
                             InstanceMethod("setCloexec", &Addon::SetCloexec),
                             InstanceMethod("openPty", &Addon::OpenPty),
                             InstanceMethod("windowSize", &Addon::WindowSize),
                             InstanceMethod("setWindowSize", &Addon::SetWindowSize),
                             InstanceMethod("foregroundGroup", &Addon::ForegroundGroup),
                         });
  }

  // A Worker may be terminated after socketPairs() and before release(): then no JavaScript code closes the sockets.
  ~Addon() {
    CloseTracked();
    free(tracked_);
  }
  Addon(const Addon&) = delete;
  Addon& operator=(const Addon&) = delete;

 private:
  // Sockets of socketPairs() that are neither closed nor released to JavaScript yet.
  int* tracked_ = nullptr;
  size_t tracked_count_ = 0, tracked_room_ = 0;

  static Napi::Value Number(const Napi::CallbackInfo& info, double value) {
    return Napi::Number::New(info.Env(), value);
  }

  // The first argument of functions about children: the result of listen().
  static Environment* Channel(const Napi::CallbackInfo& info) {
    return info[0].As<Napi::External<Environment>>().Data();
  }

  static uint64_t Id(const Napi::CallbackInfo& info, size_t index) {
    return static_cast<uint64_t>(info[index].As<Napi::Number>().Int64Value());
  }

  static int Int(const Napi::CallbackInfo& info, size_t index) { return info[index].As<Napi::Number>().Int32Value(); }

  Napi::Value Layout(const Napi::CallbackInfo& info) { return forkless::Layout(info.Env()); }

  // listen(wake): a channel, or -errno. Each copy of the library that this environment loads has its own.
  Napi::Value Listen(const Napi::CallbackInfo& info) {
    int error = 0;
    Environment* channel = forkless::OpenEnvironment(info.Env(), info[0], &error);
    if (channel == nullptr) return Number(info, error);
    return Napi::External<Environment>::New(info.Env(), channel);
  }

  // start(channel, plan, size, record): fills the record. Kind `pending`: there is a child, and an event will bring its
  // verdict.
  Napi::Value Start(const Napi::CallbackInfo& info) {
    spawn_child child;
    spawn_failure failure;
    int error = WithFreeDescriptors([&] { return spawn_start(Plan(info), PlanSize(info), &child, &failure); });
    if (error != 0) return Fail(info, error, failure.step, failure.op);
    return HandOver(info, &child, SPAWN_PENDING, spawn_outcome{}, false);
  }

  // startAndWait(channel, plan, size, record, pairs, keepEnd): the same, but returns with the verdict. `pairs` are
  // sockets: the parent's ends, then as many of the child's. The child's ends are closed after the clone, and become -1
  // in the array. With `keepEnd` the child is not reaped at its end: reap() does that.
  Napi::Value StartAndWait(const Napi::CallbackInfo& info) {
    spawn_child child;
    spawn_failure failure;
    spawn_outcome outcome = {};
    int error = WithFreeDescriptors([&] { return spawn_start_ahead(Plan(info), PlanSize(info), &child, &failure); });
    CloseChildEnds(info);
    if (error != 0) return Fail(info, error, failure.step, failure.op);
    spawn_verdict verdict = spawn_wait(&child, &outcome);
    if (IsTerminating(info)) CloseTracked();
    return HandOver(info, &child, verdict, outcome, info[5].As<Napi::Boolean>().Value());
  }

  // startKnown(channel, plan, size, record, pairs, program): as startAndWait with `keepEnd`. But if the exec is as good
  // as certain, it returns once there is a child, with the kind `pending`. `program` is what is known of it, from
  // makeProgram(); it is filled when this has waited for an exec.
  Napi::Value StartKnown(const Napi::CallbackInfo& info) {
    spawn_child child;
    spawn_failure failure;
    spawn_outcome outcome = {};
    spawn_verdict verdict = SPAWN_PENDING;
    known_program* known = Program(info);
    bool waits = known == nullptr || forkless::StartsUnderWay() >= kMostUnderWay;
    int error = WithFreeDescriptors([&] {
      return waits ? spawn_start_ahead(Plan(info), PlanSize(info), &child, &failure)
                   : spawn_start_known(Plan(info), PlanSize(info), known, &child, &failure);
    });
    CloseChildEnds(info);
    if (error != 0) return Fail(info, error, failure.step, failure.op);
    if (!child.outlives) verdict = spawn_wait(&child, &outcome);
    if (verdict == SPAWN_EXECED && !waits) Learn(info, known, child);
    if (IsTerminating(info)) CloseTracked();
    return HandOver(info, &child, verdict, outcome, true);
  }

  // Children that nobody waits for hold descriptors until their exec is known. So a call that finds none free is made
  // again as long as waiting for such children frees any, and once more, because the thread may have freed some just
  // before.
  template <typename Call>
  static int WithFreeDescriptors(Call call) {
    int error = call();
    for (bool is_last = false; (error == -EMFILE || error == -ENFILE) && !is_last;) {
      is_last = !forkless::SettleStarts();
      error = call();
    }
    return error;
  }

  // Children that have not exec'ed each hold memory and two descriptors. If so many hang, the next one is waited for.
  static constexpr uint32_t kMostUnderWay = 1024;

  static known_program* Program(const Napi::CallbackInfo& info) {
    Napi::Uint8Array bytes = info[5].As<Napi::Uint8Array>();
    return bytes.ByteLength() < sizeof(known_program) ? nullptr : reinterpret_cast<known_program*>(bytes.Data());
  }

  // On the lower rungs nothing is ever certain, nor with own memory. The plan is opened again, because that of the
  // arena is gone.
  static void Learn(const Napi::CallbackInfo& info, known_program* known, const spawn_child& child) {
    plan opened;
    if (child.rung <= RUNG_CLONE && child.own_memory < 0 && plan_open(Plan(info), PlanSize(info), &opened) == 0)
      known_program_learn(known, &opened, static_cast<uint32_t>(child.exec_step));
  }

  // makeProgram(): what is known of a program, nothing at first.
  Napi::Value MakeProgram(const Napi::CallbackInfo& info) {
    Napi::ArrayBuffer bytes = Napi::ArrayBuffer::New(info.Env(), sizeof(known_program));
    return Napi::Uint8Array::New(info.Env(), sizeof(known_program), bytes, 0);
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
      if (id < 0) return KillUnwatched(info, child, verdict, static_cast<int>(id));
      record[kId] = static_cast<double>(id);
    } else {
      spawn_close(child);
    }
    return info.Env().Undefined();
  }

  // reap(id, record): after an event `unreaped`; how the child has ended.
  Napi::Value Reap(const Napi::CallbackInfo& info) {
    spawn_exit exit;
    forkless::Reap(Id(info, 0), &exit);
    WriteExit(info[1].As<Napi::Float64Array>().Data(), exit);
    return info.Env().Undefined();
  }

  void CloseChildEnds(const Napi::CallbackInfo& info) {
    Napi::Int32Array pairs = info[4].As<Napi::Int32Array>();
    size_t count = pairs.ElementLength() / 2;
    int32_t* child_ends = pairs.Data() + count;
    CloseAndUntrack(child_ends, count);
    for (size_t i = 0; i < count; i++) child_ends[i] = -1;
  }

  bool Track(const int* numbers, size_t count) {
    if (tracked_count_ + count > tracked_room_) {
      size_t room = 2 * (tracked_count_ + count);
      int* bigger = static_cast<int*>(realloc(tracked_, room * sizeof(int)));
      if (bigger == nullptr) return false;
      tracked_ = bigger;
      tracked_room_ = room;
    }
    for (size_t i = 0; i < count; i++) tracked_[tracked_count_++] = numbers[i];
    return true;
  }

  // Searches from the end, because mostly the last sockets are the first to be closed or released.
  void Untrack(const int* numbers, size_t count) {
    while (count-- > 0) {
      size_t at = tracked_count_;
      while (at > 0 && tracked_[at - 1] != numbers[count]) at--;
      if (at > 0) tracked_[at - 1] = tracked_[--tracked_count_];
    }
  }

  void CloseAndUntrack(const int* numbers, size_t count) {
    Untrack(numbers, count);
    fds_close_all(numbers, count);
  }

  // A Worker that is terminated while it waits in startAndWait() does not return to the JavaScript code that would
  // close the sockets: the child would wait forever for the end of its input.
  void CloseTracked() {
    fds_close_all(tracked_, tracked_count_);
    tracked_count_ = 0;
  }

  // release(numbers, from, count): from now on JavaScript must close these sockets.
  Napi::Value Release(const Napi::CallbackInfo& info) {
    Untrack(Numbers(info) + Int(info, 1), static_cast<size_t>(Int(info, 2)));
    return info.Env().Undefined();
  }

  static const int* Numbers(const Napi::CallbackInfo& info) { return info[0].As<Napi::Int32Array>().Data(); }

  // Whether this thread is being terminated: then every call of Node-API fails. The hazard: reading a property by name
  // could run a getter that the program has put on Object.prototype, and it may throw. So this reads an element.
  static bool IsTerminating(const Napi::CallbackInfo& info) {
    napi_value element;
    return napi_get_element(info.Env(), info[3], 0, &element) != napi_ok;
  }

  static Napi::Value Fail(const Napi::CallbackInfo& info, int error, int step, uint32_t op) {
    double* record = Record(info);
    record[kKind] = forkless::kFailed;
    WriteOutcome(record, spawn_outcome{-error, step, op, -1, 0});
    return info.Env().Undefined();
  }

  // A child that cannot be watched is killed: JavaScript would get no event of it.
  static Napi::Value KillUnwatched(const Napi::CallbackInfo& info, spawn_child* child, spawn_verdict verdict,
                                   int error) {
    spawn_outcome outcome;
    child->outlives = false;  // it is reaped here
    spawn_kill(child, SIGKILL);
    if (verdict == SPAWN_PENDING) verdict = spawn_wait(child, &outcome);
    if (verdict == SPAWN_EXECED) spawn_kill_and_reap(child);
    spawn_close(child);
    return Fail(info, error, -1, OP_WATCH);
  }

  // collect(plan, size, parentEnds, childEnds, input, limits, record): starts a child, returns its output when it has
  // ended, and fills the record. Closes both ends of all pipes. With an `input` the first pipe is written; all others
  // are read. `limits`: milliseconds or 0, bytes or -1, the number of the signal, whether the time begins at the start.
  Napi::Value Collect(const Napi::CallbackInfo& info) {
    collect_result result;
    for (size_t list = 2; list <= 3; list++) {  // collect_run() closes all, also after an error
      Napi::Int32Array ends = info[list].As<Napi::Int32Array>();
      Untrack(ends.Data(), ends.ElementLength());
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

  // takeEvents(channel, records): how many records were written, one after the other.
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

  // `flat` is the public name of the shared-table mode.
  Napi::Value ForceFlat(const Napi::CallbackInfo& info) {
    spawn_force_shared_table(Int(info, 0));
    return info.Env().Undefined();
  }

  Napi::Value FlatCount(const Napi::CallbackInfo& info) {
    return Number(info, static_cast<double>(spawn_shared_table_count()));
  }

  Napi::Value ForceCertain(const Napi::CallbackInfo& info) {
    spawn_force_certain(Int(info, 0));
    return info.Env().Undefined();
  }

  Napi::Value CertainCount(const Napi::CallbackInfo& info) {
    return Number(info, static_cast<double>(spawn_certain_count()));
  }

  // useRunner(path): NUL-terminated bytes.
  Napi::Value UseRunner(const Napi::CallbackInfo& info) {
    spawn_use_runner(reinterpret_cast<const char*>(info[0].As<Napi::Uint8Array>().Data()));
    return info.Env().Undefined();
  }

  Napi::Value Runner(const Napi::CallbackInfo& info) { return Number(info, spawn_runner()); }

  Napi::Value ForceRunner(const Napi::CallbackInfo& info) {
    spawn_force_runner(Int(info, 0));
    return info.Env().Undefined();
  }

  // pipe(pair), socketPair(pair): 0 or -errno; the Int32Array gets both numbers.
  Napi::Value Pipe(const Napi::CallbackInfo& info) {
    return Number(info, WithFreeDescriptors([&] { return fds_pipe(info[0].As<Napi::Int32Array>().Data()); }));
  }

  Napi::Value SocketPair(const Napi::CallbackInfo& info) {
    return Number(info, WithFreeDescriptors([&] { return fds_socket_pair(info[0].As<Napi::Int32Array>().Data()); }));
  }

  // openPty(numbers, rows, columns): 0 or -errno; the Int32Array gets the master, the slave and its number.
  Napi::Value OpenPty(const Napi::CallbackInfo& info) {
    pty_size size = Size(info, 1);
    int32_t* numbers = info[0].As<Napi::Int32Array>().Data();
    return Number(info, WithFreeDescriptors([&] { return pty_open(&size, numbers); }));
  }

  static pty_size Size(const Napi::CallbackInfo& info, size_t from) {
    return {static_cast<uint16_t>(Int(info, from)), static_cast<uint16_t>(Int(info, from + 1))};
  }

  // windowSize(fd, numbers): 0 or -errno; the Int32Array gets rows and columns.
  Napi::Value WindowSize(const Napi::CallbackInfo& info) {
    pty_size size;
    int error = pty_get_size(Int(info, 0), &size);
    int32_t* numbers = info[1].As<Napi::Int32Array>().Data();
    numbers[0] = size.rows;
    numbers[1] = size.columns;
    return Number(info, error);
  }

  // setWindowSize(fd, rows, columns): 0 or -errno.
  Napi::Value SetWindowSize(const Napi::CallbackInfo& info) {
    pty_size size = Size(info, 1);
    return Number(info, pty_set_size(Int(info, 0), &size));
  }

  Napi::Value ForegroundGroup(const Napi::CallbackInfo& info) { return Number(info, pty_foreground(Int(info, 0))); }

  // socketPairs(numbers): as many pairs as the array has room for, all or none; 0 or -errno.
  Napi::Value SocketPairs(const Napi::CallbackInfo& info) {
    Napi::Int32Array numbers = info[0].As<Napi::Int32Array>();
    size_t count = numbers.ElementLength();
    int error = WithFreeDescriptors([&] { return fds_socket_pairs(numbers.Data(), count / 2); });
    if (error == 0 && !Track(numbers.Data(), count)) {
      fds_close_all(numbers.Data(), count);
      error = -ENOMEM;
    }
    return Number(info, error);
  }

  // closeAll(numbers, from, count)
  Napi::Value CloseAll(const Napi::CallbackInfo& info) {
    CloseAndUntrack(Numbers(info) + Int(info, 1), static_cast<size_t>(Int(info, 2)));
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
