#include "policy/replay/player.h"

#include "policy/calibration.h"

#include <algorithm>
#include <cmath>

namespace tideline::replay {
namespace {

constexpr Seconds kRehearse = 1;  // After so long without a head.

std::size_t edge_only(const World& world) {
  for (std::size_t i = 0; i < world.plans(); ++i)
    if (!world.sends(i)) return i;
  return 0;
}

}  // namespace

Seconds raced(const Course& course, Seconds at, std::optional<Duration> late, Seconds dark, const Habits& habits,
              RaceBudget& budget, Counters& counters) {
  const Seconds until = course.sent + std::min(habits.patience, dark);
  Seconds begins = until;
  if (late) {
    budget.earn();
    const Seconds after = course.sent + seconds(*late);
    if (course.answer <= after) return course.answer - at;
    if (after < until && budget.take()) begins = after, ++counters.races;
  }
  const Seconds here = begins + course.local;
  if (here < course.answer) ++counters.won_here;
  return std::min(course.answer, here) - at;
}

Player::Player(const World& world, const Rule& rule, Habits habits)
    : world_(world),
      rule_(rule),
      habits_(habits),
      rehearsed_(rehearsed(world.table(), world.table().edge_only().cut)),
      sensors_(world),
      intent_{edge_only(world), std::nullopt},
      next_tick_(0.37 * habits.tick) {}

Seconds Player::serve(Seconds at, const std::vector<Course>& courses) {
  for (; next_tick_ <= at; next_tick_ += habits_.tick) tick(next_tick_);
  const Course& course = courses[intent_.plan];
  sensors_.compute(intent_.plan, at, course);
  if (!world_.sends(intent_.plan)) return course.answer - at;
  const std::optional<Rest> rest = habits_.races ? this->rest(intent_.plan, course.sent) : std::nullopt;
  if (rest && better_here(rest->remote, rest->local)) {
    ++counters_.kept_here;
    return course.sent + course.local - at;
  }
  sensors_.send(intent_.plan, course);
  const std::optional<Duration> late = rest ? std::optional(late_after(rest->remote, rest->local)) : std::nullopt;
  const Seconds dark = world_.dark_after(course.sent, course.uploaded, habits_.patience);
  return raced(course, at, late, dark, habits_, budget_, counters_);
}

// By what is known by then of the requests so far.
std::optional<Rest> Player::rest(std::size_t plan, Seconds sent) const {
  Sensors by_then = sensors_;
  by_then.advance(sent);
  Observation seen = by_then.read(sent);
  seen.current = world_.table().unstressed().estimates[plan].plan;
  return rule_.rest(seen, plan);
}

void Player::tick(Seconds now) {
  rehearse(now);
  sensors_.advance(now);
  Observation seen = sensors_.read(now);
  seen.current = world_.table().unstressed().estimates[intent_.plan].plan;
  probe(seen, now);
  const std::size_t before = intent_.plan;
  intent_ = rule_.decide(seen);
  if (intent_.plan != before) ++counters_.moves;
}

void Player::rehearse(Seconds now) {
  if (!rehearsed_ || sensors_.computing(now)) return;
  if (const auto last = sensors_.last_head(); last && now - *last < kRehearse) return;
  sensors_.rehearse(*rehearsed_, now);
}

void Player::probe(const Observation& seen, Seconds now) {
  if (sensors_.probing(now)) return;
  const Bytes size = probe_size(seen.now.uplink);
  std::optional<TimePoint> last;
  if (sensors_.last_uplink()) last = moment(*sensors_.last_uplink());
  if (!gate_.open(rule_.policy(), seen, {last, sensors_.uploading(now)}, size, moment(now))) return;
  const auto bytes = static_cast<double>(size.count);
  counters_.probe_bytes += bytes;
  sensors_.probe(bytes, now);
}

}  // namespace tideline::replay
