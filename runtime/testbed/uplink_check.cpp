#include "runtime/testbed/uplink_check.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <thread>

namespace tideline::testbed {
namespace {

std::optional<UplinkReading> wait_for_reading(const UplinkSensor& sensor, TimePoint after, TimePoint until) {
  while (Clock::now() < until) {
    const auto reading = sensor();
    if (reading && reading->at > after) return reading;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return std::nullopt;
}

}  // namespace

std::optional<Duration> measure_round_trip(link::Link& link, const RoundTrips& trips, TimePoint deadline) {
  std::array<Duration, 5> seen{};
  for (auto& each : seen) {
    trips.forget();
    std::optional<Duration> told;
    while (!(told = trips.read())) {
      if (Clock::now() >= deadline || !link.state().up) return std::nullopt;
      link.probe({});  // Does nothing while one is outstanding.
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    each = *told;
  }
  std::ranges::sort(seen);
  return seen[seen.size() / 2];
}

Bytes probe_for(BitsPerSecond rate) {
  const double quarter = std::min(rate.value / 8 * 0.25, 1e12);
  return std::clamp(Bytes{static_cast<std::uint64_t>(quarter)}, Bytes{12_KiB}, Bytes{256_KiB});
}

std::optional<BitsPerSecond> measure_uplink(link::Link& link, const UplinkSensor& sensor, BitsPerSecond expected,
                                            TimePoint deadline) {
  const auto payload = probe_for(expected);
  // Long enough for a probe at half the rate; then a lost probe is sent again.
  const auto patience = 2 * expected.time_for(payload) + std::chrono::seconds(1);
  std::optional<BitsPerSecond> last;
  while (Clock::now() < deadline && link.state().up) {
    const auto sent = Clock::now();
    link.probe(payload);
    const auto reading = wait_for_reading(sensor, sent, std::min(sent + patience, deadline));
    if (!reading) continue;
    const bool agrees = last && std::abs(reading->rate.value - last->value) <= 0.02 * reading->rate.value;
    last = reading->rate;
    if (agrees) break;
  }
  return last;
}

}  // namespace tideline::testbed
