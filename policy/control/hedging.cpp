#include "policy/control/hedging.h"

#include <algorithm>
#include <utility>

namespace tideline::control {
namespace {

constexpr std::size_t kTails = 256;
constexpr std::size_t kFewTails = 8;
constexpr double kFromMedian = 3.5;     // Times the distance of the 95th percentile: of a normal variable, 5.8 sd.
constexpr double kBeyond = 1.1;         // Times the longest: far outliers say nothing of what is beyond them.
constexpr double kUnknownSpread = 1.5;  // Before so many tails have run here.

}  // namespace

Duration late_after(Duration remote, Duration local) {
  using namespace std::chrono_literals;
  const Duration evident = std::max(remote * 13 / 10, remote + 20ms);
  return std::max(remote / 4 + 10ms, std::min(evident, local));
}

bool faster_here(Duration remote, Duration local) {
  return remote > local + local * 3 / 100;
}

void HedgeBudget::earn() {
  hedges_ = std::min(most_, hedges_ + share_);
}

bool HedgeBudget::take() {
  if (hedges_ < 1) return false;
  hedges_ -= 1;
  return true;
}

// A patience of a day or more is as good as one without an end; ten times as much might be no time.
HedgedWait::HedgedWait(TimePoint sent, std::optional<TimePoint> late, TimePoint until, std::optional<TimePoint> last)
    : look_(sent + kLook),
      late_(late),
      last_(last),
      until_(until),
      longest_(std::max(until, sent + kBusy * std::min<Duration>(until - sent, std::chrono::hours(24)))) {}

TimePoint HedgedWait::next() const {
  return std::min({look_, late_.value_or(until_), last_.value_or(until_), until_, longest_});
}

const Hedging::Expected* Hedging::find(const plan::Plan& plan) const {
  const auto found = std::ranges::find(forecast_.plans, plan, &Expected::plan);
  return found == forecast_.plans.end() ? nullptr : &*found;
}

std::optional<Duration> Hedging::expected(const plan::Plan& plan) const {
  const Expected* const found = find(plan);
  return found ? std::optional(found->total) : std::nullopt;
}

bool Hedging::faster_here(const plan::Plan& plan, const dispatch::Waits& waits) const {
  const Expected* const found = find(plan);
  if (forecast_.plan_is_held || !found || !found->remaining) return false;
  if (waits.stays) return *waits.stays;
  return tideline::control::faster_here(found->remaining->remote + waits.there, found->remaining->local + waits.here);
}

std::optional<dispatch::Rest> Hedging::rest(const plan::Plan& plan) const {
  const Expected* const found = find(plan);
  if (!found || !found->remaining) return std::nullopt;
  return dispatch::Rest{found->remaining->remote, found->remaining->local};
}

HedgedWait Hedging::sent(const plan::Plan& plan, TimePoint at, TimePoint until, const dispatch::Waits& waits,
                         std::optional<TimePoint> deadline) {
  const Expected* const found = find(plan);
  if (!found || !found->remaining) return {at, std::nullopt, until, deadline};
  budget_.earn();
  const predict::RemainingTime& remaining = *found->remaining;
  const TimePoint late = at + late_after(remaining.remote + waits.there, remaining.local + waits.here);
  if (!deadline) return {at, late, until};
  const Duration takes = waits.here + from_seconds(seconds(remaining.local) * tails_spread());
  return {at, late, until, std::max(at, *deadline - takes)};
}

void Hedging::on_tail_here(const plan::Plan& plan, Duration took) {
  const Expected* const found = find(plan);
  if (!found || !found->remaining || found->remaining->local <= Duration{}) return;
  tails_.push_back(seconds(took) / seconds(found->remaining->local));
  if (tails_.size() > kTails) tails_.pop_front();
}

double Hedging::tails_spread() const {
  if (tails_.size() < kFewTails) return kUnknownSpread;
  std::vector<double> sorted(tails_.begin(), tails_.end());
  std::ranges::sort(sorted);
  const double median = sorted[sorted.size() / 2];
  return std::min(median + kFromMedian * (sorted[sorted.size() * 95 / 100] - median), kBeyond * sorted.back());
}

Hedging::Act Hedging::look(HedgedWait& wait, TimePoint now, const Seen& seen) {
  wait.look_ = now + HedgedWait::kLook;
  const bool last = wait.last_ && now >= *wait.last_;
  if (!seen.edge_free && !last && now < wait.longest_) {
    wait.until_ = std::max(wait.until_, wait.look_);
    if (wait.late_) wait.late_ = std::max(*wait.late_, wait.look_);
    return Act::wait;
  }
  if (now >= std::min(wait.until_, wait.longest_)) return Act::give_up;
  const bool late = wait.late_ && now >= *wait.late_;
  if (late) wait.late_.reset();  // Asks the budget only once.
  if (!last && !seen.stalled && !(late && budget_.take())) return Act::wait;
  ++counters_.begun;
  return Act::hedge;
}

}  // namespace tideline::control
