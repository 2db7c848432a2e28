// ModelStatistics: what the statistics door tells of one model since the start.
//
// Thread-safe.
#pragma once

#include "runtime/base/time.h"
#include "runtime/engine/session.h"

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string_view>

namespace tideline {

// What the HTTP room itself spent on one request.
struct OwnTime {
  Duration parse{};
  Duration write{};
  Duration total{};  // From the request to the answer.
};

class ModelStatistics {
 public:
  void on_success(const InferResult& served, const OwnTime& own);
  void on_failure(Duration total);

  // One element of "model_stats", as Triton's statistics extension has it.
  nlohmann::json to_json(std::string_view model) const;

 private:
  struct Sum {
    std::uint64_t count = 0;
    std::uint64_t ns = 0;

    void add(Duration took);
    nlohmann::json to_json() const;
  };

  mutable std::mutex m_;
  Sum success_;  // Guarded by m_, as all below.
  Sum fail_;
  Sum queue_;
  Sum input_;
  Sum infer_;
  Sum output_;
  std::chrono::system_clock::time_point last_{};
};

}  // namespace tideline
