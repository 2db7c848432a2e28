// Monitor: reads every sensor of the machine and of the link at once.
//
// sample() never blocks: it reads small kernel files and what traffic has already told. A sensor that fails leaves its
// field absent and does not disturb the others. Belongs to one thread (the agent's).
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
    Duration idle = std::chrono::milliseconds(500);  // Probe the link when it has told nothing for so long.
    Bytes probe = 32_KiB;
  };

  // `link` may be null (no peer) and, like `traffic`, must outlive the monitor. `model` is the digest that the peer
  // must hold.
  Monitor(Options options, std::string model, const Traffic& traffic, Link* link);

  // From now on a peer counts as up only if it computes in that precision, too; with nothing, in whichever.
  void expect(std::optional<Precision> precision) { expected_ = precision; }

  // Reads everything; starts a link probe when real traffic has been silent.
  Conditions sample(TimePoint now);

 private:
  std::optional<double> memory_free() const;
  std::optional<double> cpu_pressure(TimePoint now);

  const Options options_;
  const std::string model_;
  const Traffic& traffic_;
  Link* const link_;
  std::optional<Precision> expected_;
  std::optional<TimePoint> last_probe_;
  std::optional<std::pair<TimePoint, Duration>> last_stall_;  // PSI total at the last sample.
};

}  // namespace tideline
