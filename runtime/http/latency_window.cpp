#include "runtime/http/latency_window.h"

#include <algorithm>
#include <utility>

namespace tideline::http {

void LatencyWindow::on_served(const engine::InferResult& served) {
  const engine::Timing& timing = served.timing;
  const std::lock_guard lock(m_);
  ++sums_.requests;
  sums_.timing.queue += timing.queue;
  sums_.timing.head += timing.head;
  sums_.timing.encode += timing.encode;
  sums_.timing.network += timing.network;
  sums_.timing.tail += timing.tail;
  sums_.timing.total += timing.total;
  sums_.slowest = std::max(sums_.slowest, timing.total);
  if (!served.expected) return;
  ++sums_.forecasts;
  sums_.expected += *served.expected;
  sums_.observed += timing.total;
}

std::optional<LatencyWindow::Seen> LatencyWindow::take() {
  const Sums sums = [this] {
    const std::lock_guard lock(m_);
    return std::exchange(sums_, {});
  }();
  if (sums.requests == 0) return std::nullopt;
  const auto mean = [&](Duration sum) { return sum / static_cast<Duration::rep>(sums.requests); };
  Seen seen{.requests = sums.requests,
            .mean = {.queue = mean(sums.timing.queue),
                     .head = mean(sums.timing.head),
                     .encode = mean(sums.timing.encode),
                     .network = mean(sums.timing.network),
                     .tail = mean(sums.timing.tail),
                     .total = mean(sums.timing.total)},
            .slowest = sums.slowest,
            .forecast = std::nullopt};
  if (const auto forecasts = static_cast<Duration::rep>(sums.forecasts); forecasts > 0)
    seen.forecast = {sums.expected / forecasts, sums.observed / forecasts};
  return seen;
}

}  // namespace tideline::http
