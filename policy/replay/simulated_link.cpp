#include "policy/replay/simulated_link.h"

#include <algorithm>
#include <cmath>

namespace tideline::replay {
namespace {

constexpr Seconds kKeepalive = 1;
constexpr Seconds kLook = 0.3;          // Between two looks at a running upload: a rate's minimum, plus a tick.
constexpr Seconds kLookAtStall = 0.05;  // Between two looks at an upload that stalls, or is nearly acknowledged.
constexpr Seconds kPatience = 0.25;     // An upload without progress for this long stalls.
constexpr Seconds kShortestStall = 0.05;
constexpr Seconds kLongEnough = 0.005;  // Minimum for an exact rate.
constexpr double kEnough = 2048;        // Bytes.

}  // namespace

TimePoint moment(Seconds at) {
  return TimePoint() + from_seconds(at);
}

void SimulatedLink::begin_upload(const RequestTimeline& course) {
  watch(course.sent, course.uploaded);
}

void SimulatedLink::answer(const RequestTimeline& course) {
  events_.push({course.answer, Event::Kind::answer, course.half, course.uploaded, course.counted});
}

bool SimulatedLink::probe(double bytes, Seconds at) {
  if (at < probing_until_) return false;
  Seconds half = at;
  const double first = std::min(bytes / 2, 65536.0);
  const Seconds until = world_.upload(bytes, at, first, &half);
  watch(at, until);
  probing_until_ = until + world_.setting().rtt;
  events_.push({probing_until_, Event::Kind::answer, half, until, bytes - first});
  return true;
}

// A look sees what the cloud has acknowledged: at best, what had arrived half a round trip ago.
void SimulatedLink::watch(Seconds from, Seconds until) {
  const Seconds acknowledged = from + kLookAtStall * std::ceil((until + world_.setting().rtt - from) / kLookAtStall);
  uploading_until_ = std::max(uploading_until_, acknowledged);
  events_.push({.at = acknowledged, .kind = Event::Kind::acknowledged});
  const Seconds first = from + world_.setting().rtt + kPatience + kLookAtStall;
  if (first < until + world_.setting().rtt) events_.push({.at = first, .from = from, .until = until});
}

std::optional<plan::LinkSample> SimulatedLink::next(TimePoint until) {
  if (moment(keepalive_) <= until && (events_.empty() || keepalive_ <= events_.top().at)) {
    plan::LinkSample sample{.rtt = from_seconds(world_.setting().rtt), .at = moment(keepalive_)};
    sample.window = world_.setting().window;
    keepalive_ += kKeepalive;
    return sample;
  }
  if (events_.empty() || moment(events_.top().at) > until) return std::nullopt;
  const Event event = events_.top();
  events_.pop();
  if (event.kind == Event::Kind::acknowledged)
    return plan::LinkSample{.at = moment(event.at), .uploading = event.at < uploading_until_};
  return event.kind == Event::Kind::answer ? stamps(event) : look(event);
}

plan::LinkSample SimulatedLink::look(const Event& event) {
  const Trace& way = world_.bandwidth();
  const Seconds there = event.at - world_.setting().rtt;
  const Seconds still = std::min(way.zero_since(there), there - event.from);
  plan::LinkSample sample{.at = moment(event.at)};
  if (still >= kPatience) {
    sample.stall = from_seconds(still);
  } else {
    const Seconds since = std::max(event.from, there - kLook);
    const double bytes = way.integral(since, there) / 8;
    if (bytes >= kEnough && way.zero_time(since, there) < kPatience / 2)
      sample.uplink = plan::Rate{BitsPerSecond{8 * bytes / (there - since)}};
  }
  Event next = event;
  next.at += still > 0 ? kLookAtStall : kLook;
  if (next.at < event.until + world_.setting().rtt) events_.push(next);
  return sample;
}

// The rate of a stalled upload is a lower bound, and so is the rate of an upload that is too short to time.
plan::LinkSample SimulatedLink::stamps(const Event& event) const {
  plan::LinkSample sample{.at = moment(event.at)};
  const Seconds took = event.until - event.from;
  const Seconds silence = world_.bandwidth().zero_time(event.from, event.until);
  if (silence >= kShortestStall) sample.stall = from_seconds(silence);
  if (event.counted >= kEnough && took > 0)
    sample.uplink = plan::Rate{BitsPerSecond{8 * event.counted / std::max(took, kLongEnough)},
                               took >= kLongEnough && silence < kShortestStall};
  return sample;
}

}  // namespace tideline::replay
