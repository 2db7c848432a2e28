#include "runtime/monitor/shared_sensors.h"

#include "runtime/base/kernel_files.h"
#include "runtime/base/memory_room.h"
#include "runtime/base/own_group.h"

#include <algorithm>
#include <utility>

namespace tideline::monitor {
namespace {

// Returns the total of the "some" line: how long at least one task has waited since boot.
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

// Returns the 12th field of /proc/PID/stat. The second, the program's name, may hold any characters.
std::optional<std::uint64_t> major_faults_of(const std::filesystem::path& stat) {
  const auto text = read_small_file(stat);
  if (!text) return std::nullopt;
  std::size_t at = text->rfind(')');
  for (int field = 2; field < 12 && at != std::string::npos; ++field) at = text->find(' ', at + 1);
  return at == std::string::npos ? std::nullopt : leading_number(std::string_view(*text).substr(at + 1));
}

}  // namespace

const plan::Conditions& SharedSensors::machine(TimePoint now) {
  if (std::exchange(looked_, now) == now) return machine_;
  machine_.edge_memory_free = memory_free();
  machine_.edge_cpu_pressure = cpu_pressure(now);
  machine_.edge_throttled = throttled();
  machine_.edge_major_faults = major_faults();
  return machine_;
}

const std::vector<link::PeerState>& SharedSensors::peers(TimePoint now) {
  if (link_ && std::exchange(asked_, now) != now) peers_ = link_->peers();
  return peers_;
}

bool SharedSensors::serves(const std::string& model, std::optional<Precision> precision, TimePoint now) {
  return slots(model, precision, now) > 0;
}

int SharedSensors::slots(const std::string& model, std::optional<Precision> precision, TimePoint now) {
  int sum = 0;
  for (const link::PeerState& peer : peers(now)) {
    const link::LinkState& state = peer.link;
    if (state.up && state.models.contains(model) && state.precision == precision.value_or(state.precision))
      sum += state.slots;
  }
  return sum;
}

std::optional<double> SharedSensors::memory_free() const {
  const auto room = memory_room({options_.proc, options_.cgroup});
  return room ? std::optional(room->share) : std::nullopt;
}

std::optional<double> SharedSensors::cpu_pressure(TimePoint now) {
  const auto total = stalled(options_.proc / "pressure" / "cpu");
  const auto last = std::exchange(last_stall_, total ? std::optional(std::pair(now, *total)) : std::nullopt);
  if (!total || !last || now <= last->first || *total < last->second) return std::nullopt;
  return std::min(1.0, seconds(*total - last->second) / seconds(now - last->first));
}

// Of the surrounding group whose quota ran out most often: an outer group throttles as well.
std::optional<double> SharedSensors::throttled() {
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

std::optional<std::uint64_t> SharedSensors::major_faults() {
  const auto now = major_faults_of(options_.proc / "self" / "stat");
  const auto last = std::exchange(last_faults_, now);
  if (!now || !last || *now < *last) return std::nullopt;
  return *now - *last;
}

}  // namespace tideline::monitor
