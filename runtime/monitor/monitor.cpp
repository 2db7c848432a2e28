#include "runtime/monitor/monitor.h"

#include "runtime/base/machine.h"

#include <algorithm>
#include <utility>

namespace tideline {
namespace {

constexpr Bytes kSmallestProbe = 12_KiB;  // About one initial window of TCP; less tells nothing of the rate.
constexpr Bytes kLargestProbe = 256_KiB;
constexpr double kLongestProbe = 0.2;  // Seconds.
constexpr double kTellingProbe = 0.02;

// Returns the total of the "some" line: how long at least one task waited, since boot.
std::optional<Duration> stalled(const std::filesystem::path& pressure) {
  const auto text = read_small_file(pressure);
  if (!text) return std::nullopt;
  const auto line = text->find("some ");
  if (line == std::string::npos || (line != 0 && (*text)[line - 1] != '\n')) return std::nullopt;
  const auto total = text->find(" total=", line);
  if (total == std::string::npos || total > text->find('\n', line)) return std::nullopt;
  const auto microseconds = number_after("total " + text->substr(total + 7), "total");
  constexpr std::uint64_t kSane = 1ull << 53;  // 285 years.
  if (!microseconds || *microseconds > kSane) return std::nullopt;
  return std::chrono::microseconds(*microseconds);
}

// On a fast way more than wanted, so that its later half takes long enough to tell an exact rate.
Bytes probe_size(Bytes wanted, const std::optional<BitsPerSecond>& uplink) {
  if (!uplink) return wanted;
  const auto worth = [&](double time) {
    return Bytes{static_cast<std::uint64_t>(std::min(uplink->value / 8 * time, 1e15))};
  };
  const Bytes telling = std::clamp(worth(kTellingProbe), wanted, std::max(wanted, kLargestProbe));
  return std::min(telling, std::max(worth(kLongestProbe), kSmallestProbe));
}

}  // namespace

Monitor::Monitor(Options options, std::string model, const Traffic& traffic, Link* link)
    : options_(std::move(options)), model_(std::move(model)), traffic_(traffic), link_(link) {}

Conditions Monitor::sample(TimePoint now) {
  const auto told = traffic_.read(now);
  Conditions seen;
  seen.uplink = told.uplink;
  seen.uplink_usual = told.uplink_usual;
  seen.uplink_sd = told.uplink_sd;
  seen.rtt = told.rtt;
  seen.uplink_window = told.window;
  seen.uplink_stalled = told.stalled;
  seen.edge_slowdown = told.edge_slowdown;
  seen.cloud_slowdown = told.cloud_slowdown;
  seen.cloud_queue = told.cloud_queue;
  seen.edge_memory_free = memory_free();
  seen.edge_cpu_pressure = cpu_pressure(now);
  if (!link_) return seen;
  seen.peer_up = serves(*link_, model_, expected_);
  const auto quiet = [&](const std::optional<TimePoint>& last) { return !last || now - *last > options_.idle; };
  if (link_->state().up && quiet(told.last_uplink) && quiet(last_probe_)) {
    last_probe_ = now;
    link_->probe(probe_size(options_.probe, told.uplink));
  }
  return seen;
}

std::optional<double> Monitor::memory_free() const {
  const auto room = memory_room({options_.proc, options_.cgroup});
  return room ? std::optional(room->share) : std::nullopt;
}

std::optional<double> Monitor::cpu_pressure(TimePoint now) {
  const auto total = stalled(options_.proc / "pressure" / "cpu");
  const auto last = std::exchange(last_stall_, total ? std::optional(std::pair(now, *total)) : std::nullopt);
  if (!total || !last || now <= last->first || *total < last->second) return std::nullopt;
  return std::min(1.0, seconds(*total - last->second) / seconds(now - last->first));
}

}  // namespace tideline
