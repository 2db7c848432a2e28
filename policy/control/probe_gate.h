// Probe gate: whether a probe of the link is worth its bytes.
//
// A probe is worth something iff what it may tell can change the plan: the plan that is best with the uplink at
// exp(optimism * sd) times its estimate differs from the one at exp(-optimism * sd) times it. The longer nothing was
// heard, the less sure the estimate, so that silence opens the gate by itself. Values and pure functions.
#pragma once

#include "policy/decide/policy.h"
#include "runtime/base/time.h"
#include "runtime/base/token_bucket.h"
#include "runtime/base/units.h"

#include <optional>

namespace tideline {

// Returns how much to send so that a probe tells a rate: by default 32 KiB; on a fast way more, so that its later half
// takes long enough to tell an exact one; on a slow way less, down to one initial window of TCP.
Bytes probe_size(const std::optional<BitsPerSecond>& uplink);

// Returns true iff knowing the uplink could change which allowed plan is best. Where no allowed plan sends anything it
// never could.
bool knowing_pays(const Policy& policy, const Observation& seen, double optimism);

class ProbeGate {
 public:
  struct Options {
    Duration quiet = std::chrono::milliseconds(250);  // No probe sooner after the last sample, or the last probe.
    Duration floor = std::chrono::seconds(30);        // One at least so often, whatever it is worth.
    double optimism = 2;
    double bytes_per_second = 64 * 1024;
    Bytes burst = 1_MiB;
  };

  ProbeGate() : ProbeGate(Options{}) {}
  explicit ProbeGate(Options options)
      : options_(options), budget_(options.bytes_per_second, static_cast<double>(options.burst.count)) {}

  struct Link {
    std::optional<TimePoint> last_sample;
    bool uploading = false;  // A request's tensors are on their way: they will tell.
  };
  // Returns true, and takes the bytes from the budget, iff a probe of `size` is to be sent now. Never while uploading,
  // beyond the budget, or beyond what the constraints let a day send; never where no allowed plan sends anything.
  bool open(const Policy& policy, const Observation& seen, const Link& link, Bytes size, TimePoint now);

 private:
  Options options_;
  TokenBucket budget_;
  std::optional<TimePoint> last_;
};

}  // namespace tideline
