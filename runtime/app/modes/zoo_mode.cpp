// agent --zoo: writes a reference network with random weights.
#include "runtime/app/modes/modes.h"
#include "runtime/app/modes/parts.h"
#include "runtime/model/zoo/zoo.h"

namespace tideline {

ExitCode run_zoo(const Command& command) {
  const auto written = write_zoo_model(command.zoo_name, command.zoo_seed, command.out);
  if (written) return ExitCode::ok;
  return fail(written.error(), written.error().kind == ErrorKind::invalid ? ExitCode::usage : ExitCode::cannot_create);
}

}  // namespace tideline
