// LatencyWindow: the mean times of the requests that one model has served since the last look, by stage.
//
//   window.on_served(served);             // After each request.
//   if (const auto seen = window.take())  // Once a second.
//     show(seen->mean.total, seen->expected);
//
// Thread-safe.
#pragma once

#include "runtime/base/time.h"
#include "runtime/engine/session.h"

#include <cstdint>
#include <mutex>
#include <optional>

namespace tideline::http {

class LatencyWindow {
 public:
  struct Seen {
    std::uint64_t requests = 0;
    engine::Timing mean;
    Duration slowest{};  // The greatest total.
    // Of the requests that had a forecast: their mean forecast, and their mean total. Absent if none had.
    struct Forecast {
      Duration expected{};
      Duration observed{};
    };
    std::optional<Forecast> forecast;
  };

  void on_served(const engine::InferResult& served);

  // Returns the means since the last call; nothing if no request was served.
  std::optional<Seen> take();

 private:
  struct Sums {
    std::uint64_t requests = 0, forecasts = 0;
    engine::Timing timing;
    Duration slowest{}, expected{}, observed{};
  };

  std::mutex m_;
  Sums sums_;  // Guarded by m_.
};

}  // namespace tideline::http
