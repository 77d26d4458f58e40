#include "record.h"

namespace forkless {

void WriteOutcome(double* record, const spawn_outcome& outcome) {
  record[kError] = outcome.error;
  record[kStep] = outcome.step;
  record[kOp] = outcome.op;
  record[kExitCode] = outcome.exit_code;
  record[kSignal] = outcome.signal;
}

void WriteExit(double* record, const spawn_exit& exit) {
  record[kExitCode] = exit.exit_code;
  record[kSignal] = exit.signal;
  record[kCoreDumped] = exit.core_dumped;
  record[kReapedElsewhere] = exit.reaped_elsewhere;
  double* figure = record + kUsage;
#define X(name) *figure++ = static_cast<double>(exit.usage.name);
  USAGE_FIGURES(X)
#undef X
}

}  // namespace forkless
