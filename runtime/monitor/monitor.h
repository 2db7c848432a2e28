// Monitor: reads every sensor of the machine and of the link at once.
//
// sample() never blocks: it reads small kernel files and what traffic has already told. A sensor that fails leaves its
// field absent and does not disturb the others. Shares and counts are of the time since the sample before. Belongs to
// one thread (the agent's).
#pragma once

#include "policy/conditions.h"
#include "runtime/base/time.h"
#include "runtime/monitor/traffic.h"
#include "runtime/net/link.h"

#include <filesystem>
#include <memory>
#include <optional>

namespace tideline {

class Monitor {
 public:
  struct Options {
    std::filesystem::path proc = "/proc";  // Replaced by a fixture tree in tests.
    std::filesystem::path cgroup = "/sys/fs/cgroup";
  };

  // `link` may be null (no peer) and, like `traffic`, must outlive the monitor. `model` is the digest that the peer
  // must hold.
  Monitor(Options options, std::string model, Traffic& traffic, Link* link);

  // From now on a peer counts as up only if it computes in that precision, too; with nothing, in whichever.
  void expect(std::optional<Precision> precision) { expected_ = precision; }

  Conditions sample(TimePoint now);

  // Sends so many bytes to the cloud, to be stamped and dropped, so that the next samples know the uplink. Without a
  // link nothing happens.
  void probe(Bytes size, TimePoint now);

 private:
  struct Periods {
    std::uint64_t all = 0, throttled = 0;
  };
  std::optional<double> memory_free() const;
  std::optional<double> cpu_pressure(TimePoint now);
  std::optional<double> throttled();
  std::optional<std::uint64_t> major_faults();

  const Options options_;
  const std::string model_;
  Traffic& traffic_;
  Link* const link_;
  std::optional<Precision> expected_;
  // Counters at the last sample: of PSI; of the quota's periods, and of those that were throttled; of page faults.
  std::optional<std::pair<TimePoint, Duration>> last_stall_;
  std::optional<Periods> last_periods_;
  std::optional<std::uint64_t> last_faults_;
};

}  // namespace tideline
