#include "runtime/link/health.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace tideline::link {
namespace {

constexpr double kLastShare = 0.2;      // Weight of the newest answer in a smoothed time.
constexpr double kLastFailure = 0.05;   // Weight of the newest request in a smoothed share: about 20 requests.
constexpr int kRequests = 20;           // Before a share of failures counts.
constexpr std::size_t kMostPlans = 64;  // More than that are no longer in use.

Duration smoothed(Duration before, Duration now) {
  return before + std::chrono::duration_cast<Duration>(kLastShare * (now - before));
}

void count(Health& health, bool failure) {
  // The first requests weigh the same, so that one early failure does not dominate.
  health.requests = std::min(health.requests + 1, kRequests);
  const double weight = std::max(kLastFailure, 1.0 / health.requests);
  health.failure_share += weight * ((failure ? 1.0 : 0.0) - health.failure_share);
}

bool is_ejected(const Health& health, TimePoint now) {
  return health.ejected && now < health.ejected->until;
}

// Half of them, rounded down: of two, one stays whatever it does.
bool may_eject_another(std::span<const Health* const> all, TimePoint now) {
  const auto ejected = std::ranges::count_if(all, [now](const Health* one) { return is_ejected(*one, now); });
  return 2 * (static_cast<std::size_t>(ejected) + 1) <= all.size();
}

// Returns the median time of the other peers that are not ejected; nothing if none has answered enough.
std::optional<Duration> siblings(std::span<const Health* const> all, std::size_t which, const plan::Plan& plan,
                                 TimePoint now, const HealthRule& rule) {
  std::vector<Duration> times;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const AnswerTimes* const known = answer_times(*all[i], plan, now, rule);
    if (i != which && known && known->answers >= rule.answers && !is_ejected(*all[i], now))
      times.push_back(known->took);
  }
  if (times.empty()) return std::nullopt;
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::ranges::nth_element(times, middle);
  return *middle;
}

}  // namespace

void begin(Health& health, TimePoint now) {
  health.back = now;
  health.failures = 0;
  health.times.clear();
}

void succeeded(Health& health, const plan::Plan& plan, const AnswerTimes& answer, TimePoint now,
               const HealthRule& rule) {
  count(health, false);
  health.failures = 0;
  // An answer to a request from before the ejection does not end it.
  if (health.ejected && now >= health.ejected->until) {
    health.ejected.reset();
    health.back = now;
  }
  const bool long_well = health.back && now - *health.back > health.last_ejection + rule.slow_start;
  if (long_well && !health.ejected) health.ejections = 0;
  if (health.times.size() >= kMostPlans && !health.times.contains(plan)) health.times.clear();
  AnswerTimes& known = health.times[plan];
  if (known.answers == 0 || now - known.last > rule.forget) {
    known = answer;
    known.answers = 0;
  } else {
    known.took = smoothed(known.took, answer.took);
    known.queue = smoothed(known.queue, answer.queue);
    known.service = smoothed(known.service, answer.service);
  }
  ++known.answers;
  known.last = now;
}

void failed(Health& health, const HealthRule& rule) {
  count(health, true);
  health.failures = std::min(health.failures + 1, rule.failures);
}

void overloaded(Health& health, const Overload& refused, TimePoint now, const HealthRule& rule) {
  health.rests.add(refused.priority, now + std::clamp(refused.away, rule.rest, rule.longest_rest), now);
}

std::optional<std::string> outlier(std::span<const Health* const> all, std::size_t which, const plan::Plan& plan,
                                   TimePoint now, const HealthRule& rule) {
  const Health& health = *all[which];
  if (is_ejected(health, now) || !may_eject_another(all, now)) return std::nullopt;
  if (health.ejected && health.failures > 0) return "it failed again after its ejection";
  if (health.failures >= rule.failures) return fmt::format("{} requests failed in a row", health.failures);
  if (health.requests >= kRequests && health.failure_share >= rule.failure_share)
    return fmt::format("{:.0f} % of its requests failed", 100 * health.failure_share);
  const AnswerTimes* const own = answer_times(health, plan, now, rule);
  if (!own || own->answers < rule.answers) return std::nullopt;
  const auto others = siblings(all, which, plan, now, rule);
  if (!others || own->took < *others + rule.slower_by || own->took < rule.slower * *others) return std::nullopt;
  return fmt::format("it takes {:.1f} ms where the others take {:.1f} ms", milliseconds(own->took),
                     milliseconds(*others));
}

// Forgets the measured times: with them the peer would never be chosen again.
void eject(Health& health, std::string why, TimePoint now, const HealthRule& rule) {
  const Duration next = health.ejections == 0 ? rule.first_ejection : 2 * health.last_ejection;
  health.last_ejection = std::min(next, rule.longest_ejection);
  ++health.ejections;
  health.ejected = Ejection{now + health.last_ejection, std::move(why)};
  health.failures = 0;
  health.failure_share = 0;
  health.requests = 0;
  health.times.clear();
}

double share(const Health& health, const Choice& choice, TimePoint now, const HealthRule& rule) {
  if (is_ejected(health, now)) return 0;
  if (now < health.rests.until(choice.priority)) return 0;
  if (health.ejected) return choice.outstanding == 0 ? 1 : 0;
  if (!health.back) return 1;
  return std::clamp(seconds(now - *health.back) / seconds(rule.slow_start), rule.least_share, 1.0);
}

const AnswerTimes* answer_times(const Health& health, const plan::Plan& plan, TimePoint now, const HealthRule& rule) {
  const auto found = health.times.find(plan);
  return found == health.times.end() || now - found->second.last > rule.forget ? nullptr : &found->second;
}

}  // namespace tideline::link
