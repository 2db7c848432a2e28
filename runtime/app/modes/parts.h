// Parts that several modes need: the log, the models and tables of the config, what this machine is.
#pragma once

#include "policy/table/table.h"
#include "runtime/app/config/config.h"
#include "runtime/app/config/exit_code.h"
#include "runtime/base/budget.h"
#include "runtime/base/log.h"
#include "runtime/base/result.h"
#include "runtime/link/link.h"
#include "runtime/model/api/model.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace tideline {

// Writes to stderr; with <N> priorities in front when the journal of the service manager reads it.
Log make_log(const Config& config);

// Prints "agent: <message>" to stderr and returns `code`.
ExitCode fail(const Error& error, ExitCode code);

// Returns invalid, for ExitCode::no_input, when a model is not there or may not be read.
Result<void> check_files(const Config& config);

struct NamedModel {
  std::string name;
  std::shared_ptr<const Model> model;
};

// How much of each model is loaded: all of it, or only the heads that edge.memory allows.
enum class Load { whole, within_budget };

// Loads every model of the config, and sets the number of compute threads first. Returns invalid when there is none.
Result<std::vector<NamedModel>> load_models(const Config& config, Load how = Load::whole);
// The same for modes that work on one model; invalid when there are several.
Result<NamedModel> load_only_model(const Config& config, Load how = Load::whole);

// The same in fp32, whatever the config says, for comparing: a second network in memory for as long as it is kept.
Result<NamedModel> load_only_model_in_fp32(const Config& config);

// Returns the table that the config names for `model`; null when it names none; invalid when it is of another model, or
// was measured while the edge computed in another precision.
Result<std::shared_ptr<const PartitionTable>> load_table(const Config& config, const NamedModel& model);

// Returns what was given for `name`, or for the only model there is; null when neither.
template <typename T>
const T* find_for(const std::map<std::string, T>& by_name, const std::string& name) {
  const auto found = by_name.find(by_name.contains(name) ? name : "");
  return found == by_name.end() ? nullptr : &found->second;
}

// Returns what keeps the cloud from running tails of the model, and what to do; empty when it holds the same, cut
// alike.
std::string why_not_held(const LinkState& cloud, const NamedModel& named);

// What the config, or the memory of this machine, allows to be held for clients and peers.
Budget::Bounds held_bounds(const Config& config);

// What this machine is, for tables and for the other side: cpu, cores, memory, kernel, libtorch, blas, simd, threads.
std::map<std::string, std::string> fingerprint();

// Now, as ISO 8601 in UTC.
std::string now_utc();

}  // namespace tideline
