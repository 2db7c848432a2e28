#include "policy/probe_gate.h"

#include <algorithm>
#include <cmath>

namespace tideline {
namespace {

bool some_allowed_sends(const AdaptivePolicy& policy) {
  const PartitionTable& table = policy.model().table();
  return std::ranges::any_of(table.unstressed().estimates, [&](const Estimate& e) {
    return e.plan.cut != table.edge_only().cut && policy.constraints().allows(e.plan);
  });
}

bool within_day(const Constraints& constraints, std::optional<Bytes> sent, Bytes size) {
  if (!constraints.sending || !constraints.sending->per_day) return true;
  const Bytes day = *constraints.sending->per_day;
  return sent && *sent <= day && size.count <= day.count - sent->count;
}

}  // namespace

bool knowing_pays(const AdaptivePolicy& policy, const Observation& seen, double optimism) {
  if (!some_allowed_sends(policy)) return false;
  if (!seen.now.uplink || !seen.now.uplink_sd) return true;
  Observation high = seen, low = seen;
  const double factor = std::exp(std::min(optimism * *seen.now.uplink_sd, 50.0));
  high.now.uplink->value *= factor;
  low.now.uplink->value /= factor;
  high.now.uplink_sd.reset();
  low.now.uplink_sd.reset();
  return policy.choose(high).best != policy.choose(low).best;
}

bool ProbeGate::open(const AdaptivePolicy& policy, const Observation& seen, const Link& link, Bytes size,
                     TimePoint now) {
  const auto within = [&](const std::optional<TimePoint>& last, Duration time) { return last && now - *last < time; };
  if (link.uploading || within(last_, options_.quiet) || within(link.last_sample, options_.quiet)) return false;
  if (!some_allowed_sends(policy) || !within_day(policy.constraints(), seen.sent_today, size)) return false;
  const bool due = !within(last_, options_.floor) && !within(link.last_sample, options_.floor);
  if (!due && !knowing_pays(policy, seen, options_.optimism)) return false;
  if (!budget_.take(static_cast<double>(size.count), now)) return false;
  last_ = now;
  return true;
}

}  // namespace tideline
