#include "layout.h"

#include "record.h"

extern "C" {
#include "../core/plan.h"
}

namespace forkless {

namespace {

constexpr char kSteps[] =
#define STEP(op, name, syscall, fields, call) name "=" syscall " "
#include "../core/steps.def"
    ;
constexpr char kStages[] =
#define STAGE(op, name, syscall) name "=" syscall " "
#include "../core/steps.def"
    ;

#define NAMED(value, name) name " "
#define FIGURE(name) #name " "
constexpr char kKinds[] = EVENT_KINDS(NAMED);
constexpr char kRecord[] = RECORD_PLACES(NAMED);
constexpr char kUsageFigures[] = USAGE_FIGURES(FIGURE);
#undef NAMED
#undef FIGURE

}  // namespace

Napi::Value Layout(Napi::Env env) {
  Napi::Object layout = Napi::Object::New(env);
  layout.Set("version", Napi::Number::New(env, PLAN_LAYOUT));
  layout.Set("steps", Napi::String::New(env, kSteps));
  layout.Set("stages", Napi::String::New(env, kStages));
  layout.Set("kinds", Napi::String::New(env, kKinds));
  layout.Set("record", Napi::String::New(env, kRecord));
  layout.Set("usage", Napi::String::New(env, kUsageFigures));
  return layout;
}

}  // namespace forkless
