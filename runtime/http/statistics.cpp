#include "runtime/http/statistics.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace tideline::http {

using nlohmann::json;

void ModelStatistics::Sum::add(Duration took) {
  ++count;
  ns += static_cast<std::uint64_t>(std::max<Duration::rep>(0, took.count()));
}

json ModelStatistics::Sum::to_json() const {
  return {{"count", count}, {"ns", ns}};
}

void ModelStatistics::on_success(const engine::InferResult& served, const OwnTime& own) {
  const std::lock_guard lock(m_);
  const engine::Timing& timing = served.timing;
  success_.add(own.total);
  queue_.add(own.waited + timing.queue);
  input_.add(own.parse + timing.encode);
  infer_.add(timing.head + timing.network + timing.tail);
  output_.add(own.write);
  last_ = std::chrono::system_clock::now();
}

void ModelStatistics::on_failure(Duration total) {
  const std::lock_guard lock(m_);
  fail_.add(total);
  last_ = std::chrono::system_clock::now();
}

json ModelStatistics::to_json(std::string_view model) const {
  const std::lock_guard lock(m_);
  const auto since_epoch = std::chrono::duration_cast<std::chrono::milliseconds>(last_.time_since_epoch()).count();
  json batches = json::array();
  if (success_.count > 0)
    batches.push_back({{"batch_size", 1},
                       {"compute_input", input_.to_json()},
                       {"compute_infer", infer_.to_json()},
                       {"compute_output", output_.to_json()}});
  return {{"name", model},
          {"version", "1"},
          {"last_inference", since_epoch},
          {"inference_count", success_.count},
          {"execution_count", success_.count},
          {"inference_stats",
           {{"success", success_.to_json()},
            {"fail", fail_.to_json()},
            {"queue", queue_.to_json()},
            {"compute_input", input_.to_json()},
            {"compute_infer", infer_.to_json()},
            {"compute_output", output_.to_json()},
            {"cache_hit", Sum{}.to_json()},
            {"cache_miss", Sum{}.to_json()}}},
          {"batch_stats", std::move(batches)},
          {"memory_usage", json::array()}};
}

}  // namespace tideline::http
