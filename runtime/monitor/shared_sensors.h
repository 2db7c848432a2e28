// SharedSensors: what all models of a process see alike: the sensors of the machine, and the peers of the link.
//
// Looks once for each moment that it is asked of, however many ask. Never blocks: it reads small kernel files. A sensor
// that fails leaves its field absent and does not disturb the others. Shares and counts are of the time since the look
// before. Belongs to one thread (the agents').
#pragma once

#include "policy/plan/conditions.h"
#include "runtime/base/time.h"
#include "runtime/link/link.h"

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tideline {

class SharedSensors {
 public:
  struct Options {
    std::filesystem::path proc = "/proc";  // Replaced by a fixture tree in tests.
    std::filesystem::path cgroup = "/sys/fs/cgroup";
  };

  // `link` may be null (no peer), and must outlive it.
  SharedSensors(Options options, const Link* link) : options_(std::move(options)), link_(link) {}

  // Looks anew the next time, whatever moment that is of.
  void forget() { looked_ = asked_ = std::nullopt; }

  // Returns the conditions of the machine; what is of traffic and peers is absent.
  const Conditions& machine(TimePoint now);

  const std::vector<PeerState>& peers(TimePoint now);

  // Returns true iff a peer is up that holds the model, and computes in that precision; with nothing, in whichever.
  bool serves(const std::string& model, std::optional<Precision> precision, TimePoint now);

 private:
  struct Periods {
    std::uint64_t all = 0, throttled = 0;
  };
  std::optional<double> memory_free() const;
  std::optional<double> cpu_pressure(TimePoint now);
  std::optional<double> throttled();
  std::optional<std::uint64_t> major_faults();

  const Options options_;
  const Link* const link_;
  std::optional<TimePoint> looked_, asked_;  // At the machine; for the peers.
  Conditions machine_;
  std::vector<PeerState> peers_;
  // Counters at the last look: of PSI; of the quota's periods, and of those that were throttled; of page faults.
  std::optional<std::pair<TimePoint, Duration>> last_stall_;
  std::optional<Periods> last_periods_;
  std::optional<std::uint64_t> last_faults_;
};

}  // namespace tideline
