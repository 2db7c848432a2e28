#include "policy/replay/sensors.h"

#include <algorithm>
#include <cmath>

namespace tideline::replay {
namespace {

constexpr Seconds kLook = 0.3;          // Between two looks at an upload that goes on: what a rate needs, and a tick.
constexpr Seconds kLookAtStall = 0.05;  // And at one that stands still.
constexpr Seconds kPatience = 0.25;     // After which standing still is a stall.
constexpr Seconds kShortestStall = 0.05;
constexpr Seconds kLongEnough = 0.005;  // To tell an exact rate.
constexpr Seconds kForgotten = 0.01;
constexpr double kEnough = 2048;  // Bytes.
constexpr Seconds kTooShort = 0.0002;

}  // namespace

TimePoint moment(Seconds at) {
  return TimePoint() + from_seconds(at);
}

Sensors::Sensors(const World& world) : world_(world) {}

void Sensors::compute(std::size_t plan, Seconds at, const Course& course) {
  if (course.head > 0) events_.push({.at = at + course.head, .kind = Kind::head, .plan = plan, .took = course.head});
  head_from_ = at;
  head_until_ = at + course.head;
  head_plan_ = plan;
}

void Sensors::send(std::size_t plan, const Course& course) {
  upload(plan, course.sent, course.uploaded);
  if (course.counted >= kEnough) uploads_.emplace_back(course.sent, course.uploaded + world_.setting().rtt);
  events_.push({course.answer, Kind::answer, plan, course.tail, course.half, course.uploaded, course.counted});
}

bool Sensors::uploading(Seconds now) const {
  return std::ranges::any_of(uploads_, [now](const auto& one) { return one.first <= now && now < one.second; });
}

void Sensors::probe(double bytes, Seconds at) {
  Seconds half = at;
  const double first = std::min(bytes / 2, 65536.0);
  const Seconds until = world_.upload(bytes, at, first, &half);
  const Seconds answer = until + world_.setting().rtt;
  upload(0, at, until);
  probing_until_ = answer;
  events_.push({answer, Kind::answer, 0, -1, half, until, bytes - first});
}

void Sensors::rehearse(std::size_t plan, Seconds at) {
  events_.push({.at = at, .kind = Kind::head, .plan = plan, .took = world_.true_head(plan) * world_.slowdown(at)});
}

// What is acknowledged here by a look was there a round trip ago, at the soonest.
void Sensors::upload(std::size_t plan, Seconds from, Seconds until) {
  const Seconds first = from + world_.setting().rtt + kPatience + kLookAtStall;
  if (first < until + world_.setting().rtt)
    events_.push({.at = first, .kind = Kind::look, .plan = plan, .from = from, .until = until});
}

void Sensors::advance(Seconds now) {
  while (!events_.empty() && events_.top().at <= now) {
    const Event event = events_.top();
    events_.pop();
    take(event);
  }
  std::erase_if(uploads_, [now](const auto& one) { return one.second <= now; });
}

void Sensors::take(const Event& event) {
  const Cell& cell = world_.table().unstressed();
  switch (event.kind) {
    case Kind::head:
      edge_.update(cell.estimates[event.plan].plan.cut, from_seconds(event.took), cell.estimates[event.plan].mean.head,
                   moment(event.at));
      last_head_ = event.at;
      return;
    case Kind::look:
      look(event);
      return;
    case Kind::answer:
      stamps(event);
      if (const Seconds known = seconds(cell.estimates[event.plan].mean.tail); event.took >= 0 && known >= kTooShort)
        cloud_.update(event.took / known, moment(event.at));
  }
}

void Sensors::look(const Event& event) {
  const Trace& way = world_.bandwidth();
  const Seconds there = event.at - world_.setting().rtt;
  const Seconds dark = std::min(way.zero_since(there), there - event.from);
  const bool stands = dark >= kPatience;
  if (stands) {
    stall(event.at, dark);
  } else {
    const Seconds since = std::max(event.from, there - kLook);
    const double bytes = way.integral(since, there) / 8;
    if (bytes >= kEnough && way.zero_time(since, there) < kPatience / 2) {
      uplink_.update(8 * bytes / (there - since), moment(event.at));
      last_uplink_ = event.at;
    }
  }
  Event next = event;
  next.at += stands || dark > 0 ? kLookAtStall : kLook;
  if (next.at < event.until + world_.setting().rtt) events_.push(next);
}

void Sensors::stamps(const Event& event) {
  const Trace& way = world_.bandwidth();
  const Seconds took = event.until - event.from;
  const Seconds silence = way.zero_time(event.from, event.until);
  if (silence >= kShortestStall) stall(event.at, silence);
  if (event.counted < kEnough || took <= 0) return;
  const double rate = 8 * event.counted / std::max(took, kLongEnough);
  const std::optional<TimePoint> before = uplink_.last();
  if (took >= kLongEnough && silence < kShortestStall)
    uplink_.update(rate, moment(event.at));
  else
    uplink_.update_at_least(rate, moment(event.at));
  if (uplink_.last() != before) last_uplink_ = event.at;
}

void Sensors::stall(Seconds at, Seconds length) {
  if (stall_ && length <= stall_->second * std::exp2(-(at - stall_->first))) return;
  stall_ = {at, length};
}

Observation Sensors::read(Seconds now) const {
  const Cell& cell = world_.table().unstressed();
  Observation seen;
  if (const auto rate = uplink_.value()) seen.now.uplink = BitsPerSecond{*rate};
  if (const auto usual = uplink_.usual()) seen.now.uplink_usual = BitsPerSecond{*usual};
  seen.now.uplink_sd = uplink_.sd(moment(now));
  seen.now.rtt = from_seconds(world_.setting().rtt);
  seen.now.uplink_window = world_.setting().window;  // Absent where it is open.
  seen.now.edge_slowdown = edge_.value();
  seen.now.cloud_slowdown = cloud_.value();
  seen.now.peer_up = true;
  seen.residuals = edge_.residuals();
  if (stall_)
    if (const Seconds left = stall_->second * std::exp2(-(now - stall_->first)); left >= kForgotten)
      seen.now.uplink_stalled = from_seconds(left);
  const Estimate& head = cell.estimates[head_plan_];
  if (now > head_from_ && now < head_until_)
    if (const auto at_least = edge_.at_least(head.plan.cut, from_seconds(now - head_from_), head.mean.head);
        at_least && at_least > seen.now.edge_slowdown.value_or(1))
      seen.now.edge_slowdown = at_least;
  return seen;
}

}  // namespace tideline::replay
