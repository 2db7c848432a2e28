#include "runtime/link/cloud_liveness.h"

#include <algorithm>
#include <utility>

namespace tideline::link {

CloudLiveness::CloudLiveness(Signs signs, const TcpLink::Options& options)
    : signs_(signs), options_(options), moved_(Clock::now()), life_(Clock::now()) {}

// While an upload progresses, the peer need not send anything: a long upload has no answer before its end. After the
// upload, acknowledgements of the peer's kernel do not show that its program runs.
CloudLiveness::Verdict CloudLiveness::look(TimePoint now) {
  const wire::Outbox& outbox = signs_.channel.outbox();
  const Bytes outstanding = std::min(signs_.channel.unacknowledged(), outbox.written());
  const Bytes acknowledged{outbox.written().count - outstanding.count};
  const bool uploading = !outbox.idle() || outstanding.count > 0;
  const bool owed = !signs_.requests.empty() || !signs_.pings.empty();
  if (!owed || (uploading && acknowledged != acknowledged_)) moved_ = now;
  acknowledged_ = acknowledged;
  life_.look(signs_.channel.received(), now);
  const Duration quiet = now - std::max(moved_, life_.last());
  if (quiet > options_.dead_after) return {.over = death(now)};
  const Duration slow_frame = options_.limits.slow_frame;
  if (const auto since = signs_.channel.reader().frame_since(); since && now - *since > slow_frame)
    return {.over = error(ErrorKind::corrupt, "a frame from the cloud did not end within {}", to_string(slow_frame))};
  if (silent_ || !is_silent(now, uploading)) return {};
  silent_ = true;
  return {.over = std::nullopt, .fell_silent = true};
}

Error CloudLiveness::death(TimePoint now) const {
  const Duration after = options_.dead_after;
  if (const auto since = signs_.channel.reader().frame_since(); since && now - *since > after)
    return error(ErrorKind::corrupt, "a frame from the cloud came too slowly: less than {} within {}",
                 to_string(wire::Liveness::kEnough), to_string(after));
  return error(ErrorKind::unavailable, "no sign of life from the cloud for {}", to_string(after));
}

// A cloud answers keepalives at once, whatever its tails do. No answer means a stopped program or an outage of the
// path. If a request has already missed its deadline, this is assumed sooner.
bool CloudLiveness::is_silent(TimePoint now, bool uploading) const {
  const bool late = signs_.requests.has_overdue_tail(now);
  const std::optional<TimePoint> asked = signs_.pings.keepalive_sent();
  if (!asked && !late) return false;
  const std::optional<wire::TcpState> tcp = signs_.channel.tcp();
  const Duration rtt = (tcp ? tcp->rtt : Duration{}) + signs_.channel.outbox().delay();
  const Duration patience = std::max(Pings::kShortestPatience, 4 * rtt);
  const Duration longest = late ? patience : std::max(2 * options_.keepalive, patience);
  if (asked && now - std::max(*asked, life_.last()) > longest) return true;
  return late && uploading && now - std::max(moved_, life_.last()) > 2 * patience;
}

// A complete frame shows that its sender is running.
bool CloudLiveness::frame_ended() {
  life_.frame_ended(signs_.channel.received(), signs_.channel.reader().heard());
  return std::exchange(silent_, false);
}

}  // namespace tideline::link
