#include "policy/control/probe_gate.h"

#include <algorithm>
#include <cmath>

namespace tideline::control {
namespace {

constexpr Bytes kProbe = 32_KiB;
constexpr Bytes kSmallestProbe = 12_KiB;  // About one initial window of TCP; a smaller probe shows no rate.
constexpr Bytes kLargestProbe = 256_KiB;
constexpr double kLongestProbe = 0.1;  // Seconds.
constexpr double kTellingProbe = 0.02;
constexpr double kBeyondBound = 4;

bool within_day(const plan::Constraints& constraints, std::optional<Bytes> sent, Bytes size) {
  if (!constraints.sending || !constraints.sending->per_day) return true;
  const Bytes day = *constraints.sending->per_day;
  return sent && *sent <= day && size.count <= day.count - sent->count;
}

}  // namespace

Bytes probe_size(const std::optional<BitsPerSecond>& uplink, bool is_bound) {
  if (!uplink) return kProbe;
  const auto worth = [&](double time) {
    return Bytes{static_cast<std::uint64_t>(std::min(uplink->value / 8 * time, 1e15))};
  };
  const Bytes telling = std::clamp(worth(kTellingProbe * (is_bound ? kBeyondBound : 1)), kProbe, kLargestProbe);
  return std::min(telling, std::max(worth(kLongestProbe), kSmallestProbe));
}

bool knowing_pays(const decide::Policy& policy, const decide::Observation& seen, double optimism) {
  if (!policy.may_send()) return false;
  if (!seen.now.uplink || !seen.now.uplink_sd) return true;
  decide::Observation high = seen, low = seen;
  const double factor = std::exp(std::min(optimism * *seen.now.uplink_sd, 50.0));
  high.now.uplink->value *= factor;
  low.now.uplink->value /= factor;
  high.now.uplink_sd.reset();
  low.now.uplink_sd.reset();
  return policy.preferred(high) != policy.preferred(low);
}

bool ProbeGate::open(const decide::Policy& policy, const decide::Observation& seen, const Link& link, Bytes size,
                     TimePoint now) {
  const auto within = [&](const std::optional<TimePoint>& last, Duration time) { return last && now - *last < time; };
  if (link.uploading || within(last_, options_.quiet) || within(link.last_sample, options_.quiet)) return false;
  if (!policy.may_send() || !within_day(policy.constraints(), seen.sent_today, size)) return false;
  const bool due = !within(last_, options_.floor) && !within(link.last_sample, options_.floor);
  if (!due && !knowing_pays(policy, seen, options_.optimism)) return false;
  if (!budget_.take(static_cast<double>(size.count), now)) return false;
  last_ = now;
  return true;
}

}  // namespace tideline::control
