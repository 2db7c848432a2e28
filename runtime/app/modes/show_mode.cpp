// agent --show: prints a partition table, or the differences between two.
#include "policy/table/table_json.h"
#include "runtime/app/config/files.h"
#include "runtime/app/modes/fail.h"
#include "runtime/app/modes/modes.h"
#include "runtime/app/print/show_print.h"
#include "runtime/base/file.h"

#include <algorithm>
#include <cstdio>

namespace tideline::modes {
namespace {

Result<table::PartitionTable> read_table(const std::string& file) {
  const auto text = read_regular(file, config::kLongestTable);
  if (!text) return text.error();
  auto table = table::parse_table(*text);
  if (!table) return table.error().within(file);
  return table;
}

double noise_floor(const table::PartitionTable& table) {
  return table.origin().quality.noise_floor.value_or(0);
}

Result<std::string> shown(const config::Command& command) {
  const auto table = read_table(command.tables.front());
  if (!table) return table.error();
  if (command.tables.size() == 1) return command.json ? print::show_json(*table) : print::show_text(*table);
  const auto other = read_table(command.tables.back());
  if (!other) return other.error();
  // A repeated measurement differs by at most this much in 95 of 100 cases.
  const double floor = 1.96 * std::max(noise_floor(*table), noise_floor(*other));
  const auto difference = table::difference_between(*table, *other, floor);
  if (!difference) return difference.error();
  return command.json ? print::difference_json(*difference) : print::difference_text(*difference);
}

}  // namespace

config::ExitCode run_show(const config::Command& command) {
  for (const std::string& file : command.tables)
    if (!config::readable(file))
      return fail(error(ErrorKind::invalid, "{}: no such file, or no permission to read it", file),
                  config::ExitCode::no_input);
  const auto text = shown(command);
  if (!text) return fail(text.error(), config::ExitCode::bad_data);
  std::fputs(text->c_str(), stdout);
  return config::ExitCode::ok;
}

}  // namespace tideline::modes
