// SharedSensors: the sensors that all models of a process share: those of the machine, and the peers of the link.
//
// Reads once for each point in time, however many callers ask. Never blocks: it reads small kernel files. A failed
// sensor leaves its field absent and does not affect the others. Shares and counts cover the time since the previous
// reading. Belongs to one thread (the agents').
#pragma once

#include "policy/plan/conditions.h"
#include "runtime/base/time.h"
#include "runtime/link/link.h"

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tideline::monitor {

class SharedSensors {
 public:
  struct Options {
    std::filesystem::path proc = "/proc";  // Tests set a fixture tree.
    std::filesystem::path cgroup = "/sys/fs/cgroup";
  };

  // `link` may be null (no peer), and must outlive this object.
  SharedSensors(Options options, const link::Link* link) : options_(std::move(options)), link_(link) {}

  // Forces a new reading at the next call, for any point in time.
  void forget() { looked_ = asked_ = std::nullopt; }

  // Returns the conditions of the machine; the fields of traffic and peers are absent.
  const plan::Conditions& machine(TimePoint now);

  const std::vector<link::PeerState>& peers(TimePoint now);

  // Returns true iff a peer that is up holds the model and computes in that precision (nothing: in any).
  bool serves(const std::string& model, std::optional<Precision> precision, TimePoint now);
  // Returns how many tails of the model those peers run at once; 0: there are none.
  int slots(const std::string& model, std::optional<Precision> precision, TimePoint now);

 private:
  struct Periods {
    std::uint64_t all = 0, throttled = 0;
  };
  std::optional<double> memory_free() const;
  std::optional<double> cpu_pressure(TimePoint now);
  std::optional<double> throttled();
  std::optional<std::uint64_t> major_faults();

  const Options options_;
  const link::Link* const link_;
  std::optional<TimePoint> looked_, asked_;  // When the machine was read; when the peers were.
  plan::Conditions machine_;
  std::vector<link::PeerState> peers_;
  // Counters at the previous reading: of PSI; of the quota's periods and the throttled ones; of page faults.
  std::optional<std::pair<TimePoint, Duration>> last_stall_;
  std::optional<Periods> last_periods_;
  std::optional<std::uint64_t> last_faults_;
};

}  // namespace tideline::monitor
