#include "runtime/app/modes/learned_file.h"

#include "policy/table/table_json.h"
#include "runtime/app/config/files.h"
#include "runtime/app/modes/load_table.h"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>

namespace tideline::modes {
namespace {

std::string path_of(const config::Config& config, const model::Model& model) {
  const char* const given = std::getenv("STATE_DIRECTORY");  // By systemd.
  const std::string folder = config.edge.state.value_or(given ? given : "");
  return folder.empty() ? "" : fmt::format("{}/{:.24}.table.json", folder, model.digest());
}

}  // namespace

LearnedFile::LearnedFile(const config::Config& config, const model::Model& model) : path_(path_of(config, model)) {}

Result<std::shared_ptr<const table::PartitionTable>> LearnedFile::read(const NamedModel& named) const {
  std::error_code fault;
  if (path_.empty() || !std::filesystem::exists(path_, fault)) return std::shared_ptr<const table::PartitionTable>();
  return load_table(path_, named);
}

Result<void> LearnedFile::write(const table::PartitionTable& table) const {
  if (path_.empty()) return {};
  return config::write_atomically(path_, to_json(table));
}

}  // namespace tideline::modes
