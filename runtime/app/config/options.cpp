#include "runtime/app/config/options.h"

#include "runtime/app/config/flags.h"

#include <CLI/CLI.hpp>

namespace tideline::config {

std::vector<Option> options_of(const ModeLine& line) {
  CLI::App app;
  Command command{.mode = line.mode};
  Given given;
  add_flags(app, line, command, given);
  std::vector<Option> options;
  const CLI::App& read = app;
  for (const CLI::Option* const one : read.get_options()) {
    if (one->get_group().empty()) continue;  // The flag of a mode that has no value.
    options.push_back({.flag = "--" + one->get_lnames().front(),
                       .letter = one->get_snames().empty() ? "" : "-" + one->get_snames().front(),
                       .value = one->get_type_size() == 0 ? "" : one->get_type_name(),
                       .help = one->get_description(),
                       .required = one->get_required(),
                       .repeated = one->get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll});
  }
  return options;
}

}  // namespace tideline::config
