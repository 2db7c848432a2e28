// Parts: makes the parts that several modes need: log, models, tables, and a description of this machine.
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

namespace tideline::modes {

// Returns a log to stderr. Its lines begin with a priority <N> if the service manager's journal reads them.
Log make_log(const config::Config& config);

// Prints "agent: <message>" to stderr and returns `code`.
config::ExitCode fail(const Error& error, config::ExitCode code);

// Returns invalid, for ExitCode::no_input, if the file of a model is missing or not readable.
Result<void> check_files(const config::Config& config);

struct NamedModel {
  std::string name;
  std::shared_ptr<const model::Model> model;
};

// How much of each model to load: all of it, or only the heads that edge.memory allows.
enum class Load { whole, within_budget };

// Sets the number of compute threads, then loads every model of the config. Returns invalid if there is none.
Result<std::vector<NamedModel>> load_models(const config::Config& config, Load how = Load::whole);
// The same for modes that work on one model; returns invalid if there are several.
Result<NamedModel> load_only_model(const config::Config& config, Load how = Load::whole);

// The same in fp32, whatever the config says, to compare with. It is a second network in memory until it is destroyed.
Result<NamedModel> load_only_model_in_fp32(const config::Config& config);

// Returns the table that the config names for `model`; null if it names none. Returns invalid if the table is for
// another model, or was measured while the edge computed in another precision.
Result<std::shared_ptr<const table::PartitionTable>> load_table(const config::Config& config, const NamedModel& model);

// Returns the value for `name`, or else the one for the only model; null if there is neither.
template <typename T>
const T* find_for(const std::map<std::string, T>& by_name, const std::string& name) {
  const auto found = by_name.find(by_name.contains(name) ? name : "");
  return found == by_name.end() ? nullptr : &found->second;
}

// Returns why the cloud cannot run tails of the model, and a remedy; empty if it holds the same model with the same
// cuts.
std::string why_not_held(const link::LinkState& cloud, const NamedModel& named);

// The most bytes to hold for clients and peers, by the config or by the memory of this machine.
Budget::Bounds held_bounds(const config::Config& config);

// Describes this machine, for tables and for the other side: cpu, cores, memory, kernel, libtorch, blas, simd, threads.
std::map<std::string, std::string> fingerprint();

// The current time, as ISO 8601 in UTC.
std::string now_utc();

}  // namespace tideline::modes
