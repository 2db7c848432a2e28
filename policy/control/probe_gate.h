// ProbeGate: decides whether a probe of the link is worth its bytes.
//
// A probe is worth its bytes iff its result could change the plan: the best plan at exp(optimism * sd) times the
// estimated uplink differs from the best plan at exp(-optimism * sd) times it. Without readings the uncertainty sd
// grows, so silence opens the gate by itself. Values and pure functions. Each value belongs to one thread.
#pragma once

#include "policy/decide/policy.h"
#include "runtime/base/time.h"
#include "runtime/base/token_bucket.h"
#include "runtime/base/units.h"

#include <optional>

namespace tideline::control {

// Returns the size of a probe that measures the rate: 32 KiB by default. On a fast link it is larger, so that its
// second half takes long enough for an exact rate. On a slow link it is smaller, down to one initial window of TCP.
// `is_bound`: the uplink is only known to be at least this fast, so the probe is up to four times as large.
Bytes probe_size(const std::optional<BitsPerSecond>& uplink, bool is_bound);

// Returns true iff knowing the uplink could change which allowed plan is best. Returns false if no allowed plan sends
// anything.
bool knowing_pays(const decide::Policy& policy, const decide::Observation& seen, double optimism);

class ProbeGate {
 public:
  struct Options {
    Duration quiet = std::chrono::milliseconds(250);  // Minimum time after the last sample or the last probe.
    Duration floor = std::chrono::seconds(30);        // Maximum time between probes, whatever they are worth.
    double optimism = 2;
    double bytes_per_second = 64 * 1024;
    Bytes burst = 1_MiB;
  };

  ProbeGate() : ProbeGate(Options{}) {}
  explicit ProbeGate(Options options)
      : options_(options), budget_(options.bytes_per_second, static_cast<double>(options.burst.count)) {}

  struct Link {
    std::optional<TimePoint> last_sample;
    bool uploading = false;  // A request's tensors are being sent: they will show the rate.
  };
  // Returns true, and takes the bytes from the budget, iff a probe of `size` is to be sent now. Returns false while
  // uploading, beyond the budget or the daily byte limit, and if no allowed plan sends anything.
  bool open(const decide::Policy& policy, const decide::Observation& seen, const Link& link, Bytes size, TimePoint now);

 private:
  Options options_;
  TokenBucket budget_;
  std::optional<TimePoint> last_;
};

}  // namespace tideline::control
