// agent --zoo: writes a reference network with random weights.
#include "runtime/app/modes/fail.h"
#include "runtime/app/modes/modes.h"
#include "runtime/model/zoo/zoo.h"

namespace tideline::modes {

config::ExitCode run_zoo(const config::Command& command) {
  const auto written = zoo::write_zoo_model(command.zoo_name, command.zoo_seed, command.out);
  if (written) return config::ExitCode::ok;
  return fail(written.error(),
              written.error().kind == ErrorKind::invalid ? config::ExitCode::usage : config::ExitCode::cannot_create);
}

}  // namespace tideline::modes
