// ModelStatistics: counts and times of one model since the start, for Triton's statistics extension. Thread-safe.
#pragma once

#include "runtime/base/time.h"
#include "runtime/engine/session.h"

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string_view>

namespace tideline::http {

// The time that this room itself spent on one request.
struct OwnTime {
  Duration waited{};  // For a worker.
  Duration parse{};
  Duration write{};
  Duration total{};  // From the request to the answer.
};

class ModelStatistics {
 public:
  void on_success(const engine::InferResult& served, const OwnTime& own);
  void on_failure(Duration total);

  // One element of "model_stats", in the form of Triton's statistics extension.
  nlohmann::json to_json(std::string_view model) const;

 private:
  struct Sum {
    std::uint64_t count = 0;
    std::uint64_t ns = 0;

    void add(Duration took);
    nlohmann::json to_json() const;
  };

  mutable std::mutex m_;
  // All members below are guarded by m_.
  Sum success_;
  Sum fail_;
  Sum queue_;
  Sum input_;
  Sum infer_;
  Sum output_;
  std::chrono::system_clock::time_point last_{};
};

}  // namespace tideline::http
