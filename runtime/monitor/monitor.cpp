#include "runtime/monitor/monitor.h"

#include "runtime/base/machine.h"

#include <algorithm>
#include <utility>

namespace tideline {
namespace {

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

// Returns the 12th field of /proc/PID/stat. The second is the name of the program, and may hold anything.
std::optional<std::uint64_t> major_faults_of(const std::filesystem::path& stat) {
  const auto text = read_small_file(stat);
  if (!text) return std::nullopt;
  std::size_t at = text->rfind(')');
  for (int field = 2; field < 12 && at != std::string::npos; ++field) at = text->find(' ', at + 1);
  return at == std::string::npos ? std::nullopt : leading_number(std::string_view(*text).substr(at + 1));
}

}  // namespace

Monitor::Monitor(Options options, std::string model, Traffic& traffic, Link* link)
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
  seen.edge_waited = told.edge_waited;
  seen.edge_cpu_pressure = cpu_pressure(now);
  seen.edge_throttled = throttled();
  seen.edge_major_faults = major_faults();
  if (!link_) return seen;
  seen.peer_up = serves(*link_, model_, expected_);
  return seen;
}

void Monitor::probe(Bytes size, TimePoint now) {
  if (!link_) return;
  traffic_.on_sent(size, now);
  link_->probe(size);
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

// Of the group around this process whose quota ran out most often: an outer one throttles, too.
std::optional<double> Monitor::throttled() {
  const auto group = own_group({options_.proc, options_.cgroup}, "cpu");
  std::optional<Periods> now;
  for (const auto& directory : group ? group->inwards_out() : std::vector<std::filesystem::path>()) {
    const auto text = read_small_file(directory / "cpu.stat");
    if (!text) continue;
    const auto all = number_after(*text, "nr_periods"), throttled = number_after(*text, "nr_throttled");
    if (all && throttled && (!now || *throttled > now->throttled)) now = Periods{*all, *throttled};
  }
  const auto last = std::exchange(last_periods_, now);
  if (!now || !last || now->all < last->all || now->throttled < last->throttled) return std::nullopt;
  if (now->all == last->all) return 0;
  return std::min(1.0,
                  static_cast<double>(now->throttled - last->throttled) / static_cast<double>(now->all - last->all));
}

std::optional<std::uint64_t> Monitor::major_faults() {
  const auto now = major_faults_of(options_.proc / "self" / "stat");
  const auto last = std::exchange(last_faults_, now);
  if (!now || !last || *now < *last) return std::nullopt;
  return *now - *last;
}

}  // namespace tideline
