// agent --split: writes head and tail of a cut as TorchScript files.
#include "runtime/app/modes/fail.h"
#include "runtime/app/modes/load_models.h"
#include "runtime/app/modes/modes.h"
#include "runtime/model/api/split.h"

#include <fmt/format.h>

#include <cstdio>

namespace tideline::modes {

config::ExitCode run_split(const config::Command& command) {
  const config::Config& config = command.config;
  if (!config.edge.cut)
    return fail(error(ErrorKind::invalid, "no cut is given; choose one that --inspect lists, with --cut INDEX"),
                config::ExitCode::usage);
  const auto named = load_only_model(config);
  if (!named) return fail(named.error(), config::ExitCode::bad_data);
  const model::Model& model = *named->model;
  const auto written = write_split(model, config.models.at(named->name), *config.edge.cut, command.out);
  if (!written)
    return fail(written.error(),
                written.error().kind == ErrorKind::invalid ? config::ExitCode::usage : config::ExitCode::cannot_create);
  const model::Cut& cut = model.cuts()[*config.edge.cut];
  fmt::print("{0}/head.pt ends after {1}; {0}/tail.pt begins there. {2} cross.\n", command.out, cut.name,
             to_string(cut.bytes));
  return config::ExitCode::ok;
}

}  // namespace tideline::modes
