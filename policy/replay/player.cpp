#include "policy/replay/player.h"

#include <algorithm>
#include <cmath>

namespace tideline::replay {
namespace {

constexpr Seconds kQuiet = 0.5;       // Of the link, after which it is probed; of the edge: twice that.
constexpr double kProbe = 32 * 1024;  // Bytes, and the agent's bounds of them.
constexpr double kSmallestProbe = 12 * 1024;
constexpr double kLargestProbe = 256 * 1024;
constexpr Seconds kTellingProbe = 0.02;
constexpr Seconds kLongestProbe = 0.2;

double probe_size(const std::optional<BitsPerSecond>& uplink) {
  if (!uplink) return kProbe;
  const double telling = std::clamp(uplink->value / 8 * kTellingProbe, kProbe, kLargestProbe);
  return std::floor(std::min(telling, std::max(uplink->value / 8 * kLongestProbe, kSmallestProbe)));
}

std::optional<std::size_t> shortest_head(const Cell& cell) {
  std::optional<std::size_t> shortest;
  for (std::size_t i = 0; i < cell.estimates.size(); ++i) {
    const Duration head = cell.estimates[i].mean.head;
    if (head >= std::chrono::milliseconds(1) && (!shortest || head < cell.estimates[*shortest].mean.head)) shortest = i;
  }
  return shortest;
}

std::size_t edge_only(const World& world) {
  for (std::size_t i = 0; i < world.plans(); ++i)
    if (!world.sends(i)) return i;
  return 0;
}

}  // namespace

Seconds raced(const Course& course, Seconds at, std::optional<Duration> late, const Habits& habits, RaceBudget& budget,
              Counters& counters) {
  const Seconds until = course.sent + habits.patience;
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
      rehearsed_(shortest_head(world.table().unstressed())),
      sensors_(world),
      intent_{edge_only(world), std::nullopt},
      next_tick_(0.37 * habits.tick) {}

Seconds Player::serve(Seconds at, const std::vector<Course>& courses) {
  for (; next_tick_ <= at; next_tick_ += habits_.tick) tick(next_tick_);
  const Course& course = courses[intent_.plan];
  sensors_.follow(intent_.plan, at, course);
  if (!world_.sends(intent_.plan)) return course.answer - at;
  std::optional<Duration> late;
  if (habits_.races && intent_.rest) late = late_after(intent_.rest->remote, intent_.rest->local);
  return raced(course, at, late, habits_, budget_, counters_);
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
  if (const auto last = sensors_.last_head(); last && now - *last < 2 * kQuiet) return;
  sensors_.rehearse(*rehearsed_, now);
}

void Player::probe(const Observation& seen, Seconds now) {
  if (sensors_.probing(now)) return;
  const double size = probe_size(seen.now.uplink);
  const auto quiet = [&](const std::optional<Seconds>& last) { return !last || now - *last > kQuiet; };
  if (const AdaptivePolicy* policy = rule_.gate()) {
    std::optional<TimePoint> last;
    if (sensors_.last_uplink()) last = moment(*sensors_.last_uplink());
    const Bytes bytes{static_cast<std::uint64_t>(size)};
    if (!gate_.open(*policy, seen, {last, sensors_.uploading(now)}, bytes, moment(now))) return;
  } else if (!quiet(sensors_.last_uplink()) || !quiet(last_probe_)) {
    return;
  }
  last_probe_ = now;
  counters_.probe_bytes += size;
  sensors_.probe(size, now);
}

}  // namespace tideline::replay
