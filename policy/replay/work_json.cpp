#include "policy/replay/work_json.h"

#include "policy/table/json_fields.h"
#include "policy/table/json_text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>

namespace tideline::replay {
namespace {

using nlohmann::json;

constexpr double kMostCores = 1024;
constexpr double kMostMicroseconds = 3600e6;
constexpr std::size_t kMostPlans = 100'000;

// All models of an edge share its load, so any of them will do.
const json* find_work(const json& status) {
  const auto models = status.is_object() ? status.find("models") : status.end();
  if (!status.is_object() || models == status.end() || !models->is_array()) return nullptr;
  for (const json& model : *models) {
    const json::json_pointer place("/load/work");
    if (model.is_object() && model.contains(place)) return &model.at(place);
  }
  return nullptr;
}

Result<Duration> time_of(double microseconds) {
  if (microseconds >= 0 && microseconds <= kMostMicroseconds) return from_seconds(microseconds / 1e6);
  return error(ErrorKind::invalid, "{} is not a time from 0 to an hour, in microseconds", microseconds);
}

void add_plan(table::JsonFields plan, const table::PartitionTable& table, dispatch::WorkSeen& work) {
  plan::Plan read{plan.text("model"), static_cast<std::uint32_t>(plan.whole("cut", 0, UINT32_MAX)), {}};
  read.codec = plan.value_of(plan::parse_codec(plan.text("codec")), "codec");
  const Duration computed = plan.value_of(time_of(plan.number("computed_us")), "computed_us");
  if (table.unstressed().find(read)) work.computed[read] = computed;
}

}  // namespace

Result<dispatch::WorkSeen> parse_work(std::string_view status, const table::PartitionTable& table) {
  const auto parsed = table::parse_json(status);
  if (!parsed) return parsed.error();
  const json* const found = find_work(*parsed);
  if (!found)
    return error(ErrorKind::invalid,
                 "there is no load.work; give the whole answer of /api/status of an edge with a table");
  std::optional<Error> fault;
  table::JsonFields fields(*found, "load.work", fault);
  dispatch::WorkSeen work{.cores = fields.number("cores")};
  work.rest = fields.value_of(time_of(fields.number("rest_us")), "rest_us");
  for (table::JsonFields& plan : fields.objects("plans", kMostPlans)) add_plan(std::move(plan), table, work);
  if (fault) return *fault;
  if (!(work.cores > 0 && work.cores <= kMostCores))
    return error(ErrorKind::invalid, "load.work.cores: {} is not a number of cores above 0", work.cores);
  if (work.computed.empty())
    return error(ErrorKind::invalid, "load.work has no time of a plan of the table; ask an edge that served by it");
  return work;
}

}  // namespace tideline::replay
