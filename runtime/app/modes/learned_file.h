// LearnedFile: where an edge keeps the table that it measured itself, for its next start.
//
// It lies in edge.state, or in systemd's StateDirectory. Without either, nothing is kept. Immutable; belongs to one
// thread.
#pragma once

#include "policy/table/table.h"
#include "runtime/app/config/config.h"
#include "runtime/app/modes/load_models.h"
#include "runtime/base/result.h"

#include <memory>
#include <string>

namespace tideline::modes {

class LearnedFile {
 public:
  LearnedFile(const config::Config& config, const model::Model& model);

  const std::string& path() const { return path_; }  // Empty: nothing is kept.

  // Returns the table; null if there is no file. Returns invalid if it cannot be used.
  Result<std::shared_ptr<const table::PartitionTable>> read(const NamedModel& named) const;
  Result<void> write(const table::PartitionTable& table) const;

 private:
  const std::string path_;
};

}  // namespace tideline::modes
