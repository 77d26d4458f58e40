#include "collect-glue.h"

#include <stdlib.h>

namespace forkless {

namespace {

constexpr size_t kFewPipes = 8;
// Output of up to kCopied bytes is copied into a Buffer; more is handed over without a copy. The hazard: memory that
// was handed over is freed only in a later turn of the event loop, and in a program that starts one child after the
// other there may be none. So no more than kMostHandedOver bytes are handed over at a time, unless it is a single
// output.
constexpr size_t kCopied = 1 << 20;
constexpr size_t kMostHandedOver = 64 << 20;

size_t handed_over;  // bytes, of all threads

bool TryHandOver(size_t size) {
  size_t before = __atomic_fetch_add(&handed_over, size, __ATOMIC_RELAXED);
  if (before == 0 || before + size <= kMostHandedOver) return true;
  __atomic_fetch_sub(&handed_over, size, __ATOMIC_RELAXED);
  return false;
}

void FreeHandedOver(Napi::Env env, char* data, void* size) {
  (void)env;
  __atomic_fetch_sub(&handed_over, reinterpret_cast<size_t>(size), __ATOMIC_RELAXED);
  free(data);
}

// The arrays of one call; on the stack for the usual number of pipes.
struct Pipes {
  explicit Pipes(size_t wanted) : count(wanted) {
    if (count <= kFewPipes) return;
    pipes = static_cast<collect_pipe*>(malloc(count * sizeof(collect_pipe)));
    child_ends = static_cast<int32_t*>(malloc(count * sizeof(int32_t)));
    if (pipes == nullptr || child_ends == nullptr) abort();
  }
  ~Pipes() {
    if (pipes == few) return;
    free(pipes);
    free(child_ends);
  }
  Pipes(const Pipes&) = delete;
  Pipes& operator=(const Pipes&) = delete;

  size_t count;
  collect_pipe few[kFewPipes];
  int32_t few_ends[kFewPipes];
  collect_pipe* pipes = few;
  int32_t* child_ends = few_ends;
};

Napi::Value ToBuffer(Napi::Env env, collect_pipe* pipe) {
  if (pipe->size <= kCopied || !TryHandOver(pipe->size)) {
    Napi::Value copy = Napi::Buffer<char>::Copy(env, pipe->output, pipe->size);
    free(pipe->output);
    return copy;
  }
  char* exact = static_cast<char*>(realloc(pipe->output, pipe->size));
  if (exact == nullptr) exact = pipe->output;
  // Makes a copy if the JavaScript engine accepts no external memory.
  return Napi::Buffer<char>::NewOrCopy(env, exact, pipe->size, FreeHandedOver, reinterpret_cast<void*>(pipe->size));
}

}  // namespace

Napi::Value Collect(const Napi::CallbackInfo& info, collect_result* result) {
  Napi::Env env = info.Env();
  Napi::Int32Array parent_ends = info[2].As<Napi::Int32Array>();
  const int32_t* child_ends = info[3].As<Napi::Int32Array>().Data();
  Pipes all(parent_ends.ElementLength());
  for (size_t i = 0; i < all.count; i++) {
    all.pipes[i] = collect_pipe{};
    all.pipes[i].fd = parent_ends[i];
    all.child_ends[i] = child_ends[i];
  }
  if (info[4].IsTypedArray()) {
    Napi::Uint8Array input = info[4].As<Napi::Uint8Array>();
    all.pipes[0].written = true;
    all.pipes[0].input = reinterpret_cast<const char*>(input.Data());
    all.pipes[0].input_left = input.ByteLength();
  }
  const double* limits = info[5].As<Napi::Float64Array>().Data();
  const collect_limits bounds = {static_cast<int64_t>(limits[0]), static_cast<int64_t>(limits[1]),
                                 static_cast<int32_t>(limits[2]), limits[3] != 0};
  const uint8_t* plan = info[0].As<Napi::Uint8Array>().Data();
  collect_run(plan, info[1].As<Napi::Number>().Uint32Value(), all.pipes, all.child_ends, all.count, &bounds, result);

  Napi::Array outputs = Napi::Array::New(env, all.count);
  for (size_t i = 0; i < all.count; i++) {
    if (!all.pipes[i].written) outputs.Set(static_cast<uint32_t>(i), ToBuffer(env, &all.pipes[i]));
  }
  return outputs;
}

}  // namespace forkless
