#include "runtime/monitor/traffic.h"

#include <algorithm>
#include <cmath>

namespace tideline {
namespace {

constexpr auto kRoundTripsKept = std::chrono::seconds(10);
constexpr Duration kForgotten = std::chrono::milliseconds(10);
constexpr Duration kLooks = std::chrono::milliseconds(200);          // What is still held is told four times as often.
constexpr double kTrustedAgain = 5;                                  // Seconds.
constexpr auto kTooShortToCompare = std::chrono::microseconds(200);  // Timer noise and overhead rule below this.

// Returns the estimate of `plan`, or of another plan with the same cut: heads do not depend on the codec.
const Estimate* unstressed_estimate(const PartitionTable* table, const Plan& plan) {
  if (!table) return nullptr;
  const Cell& cell = table->unstressed();
  if (const Estimate* exact = cell.find(plan)) return exact;
  const auto alike = std::find_if(cell.estimates.begin(), cell.estimates.end(), [&](const Estimate& e) {
    return e.plan.model == plan.model && e.plan.cut == plan.cut;
  });
  return alike == cell.estimates.end() ? nullptr : &*alike;
}

std::optional<double> slowdown(Duration measured, Duration unstressed) {
  if (unstressed < kTooShortToCompare) return std::nullopt;
  return seconds(measured) / seconds(unstressed);
}

// A way that has just been dark may be so again, and a cloud that was busy, too; how soon one trusts them anew is a
// matter of seconds.
std::optional<Duration> faded(const std::optional<std::pair<TimePoint, Duration>>& seen, TimePoint now) {
  if (!seen) return std::nullopt;
  const double age = std::max(0.0, seconds(now - seen->first));
  const Duration left = from_seconds(seconds(seen->second) * std::exp2(-age));
  return left < kForgotten ? std::nullopt : std::optional(left);
}

// Where a slow cloud gets no requests, nothing would ever tell that it is fast again: so one tries by and by.
std::optional<double> trusted_again(const LogKalman& slowdown, TimePoint now) {
  const auto value = slowdown.value();
  if (!value || *value <= 1) return value;
  return std::pow(*value, std::exp2(-std::max(0.0, seconds(now - *slowdown.last())) / kTrustedAgain));
}

}  // namespace

void Traffic::on_head(const Plan& plan, Duration head, TimePoint at) {
  const std::shared_ptr<const PartitionTable> table = table_.acquire();
  const Estimate* estimate = unstressed_estimate(table.get(), plan);
  if (!estimate) return;
  const std::lock_guard lock(m_);
  edge_.update(plan.cut, head, estimate->mean.head, at);
}

Traffic::HeadWatch::HeadWatch(Traffic* traffic, const Plan& plan, TimePoint began) : traffic_(traffic) {
  if (!traffic_) return;
  const std::shared_ptr<const PartitionTable> table = traffic_->table_.acquire();
  const Estimate* estimate = unstressed_estimate(table.get(), plan);
  const std::lock_guard lock(traffic_->m_);
  auto& running = traffic_->running_;
  running_ = running.insert(running.end(), {began, plan.cut, estimate ? estimate->mean.head : Duration::zero()});
}

Traffic::HeadWatch::~HeadWatch() {
  if (!traffic_) return;
  const std::lock_guard lock(traffic_->m_);
  traffic_->running_.erase(running_);
}

void Traffic::on_tail(const Plan& plan, Duration tail, TimePoint at) {
  const std::shared_ptr<const PartitionTable> table = table_.acquire();
  const Estimate* estimate = unstressed_estimate(table.get(), plan);
  const auto factor = estimate ? slowdown(tail, estimate->mean.tail) : std::nullopt;
  if (!factor) return;
  const std::lock_guard lock(m_);
  cloud_.update(*factor, at);
  held_.reset();
}

void Traffic::on_head_waited(double share) {
  const std::lock_guard lock(m_);
  waited_ = share;
}

void Traffic::on_cloud_queue(Duration wait, TimePoint at) {
  const std::lock_guard lock(m_);
  queue_ = {at, wait};
}

// What was measured is a batch of one.
void Traffic::on_tail_seen(const TailSeen& tail, TimePoint at) {
  if (tail.batch != 1) return;
  if (!tail.is_held) {
    on_tail(tail.plan, tail.took, at);
    on_cloud_queue(tail.queue, at);
    return;
  }
  const std::shared_ptr<const PartitionTable> table = table_.acquire();
  const Estimate* estimate = unstressed_estimate(table.get(), tail.plan);
  if (!estimate) return;
  const std::lock_guard lock(m_);
  held_ = {at, tail.took, estimate->mean.tail};
}

// The cloud is at least as slow as the tail that it holds has taken so far, but for the wait that is foreseen.
std::optional<double> Traffic::slowdown_by_held(TimePoint now) const {
  if (!held_ || now - held_->at > kLooks) return std::nullopt;
  const Duration wait = queue_ ? faded(queue_, now).value_or(Duration{}) : Duration{};
  return slowdown(held_->took + (now - held_->at) - wait, held_->unstressed);
}

void Traffic::on_sample(const LinkSample& sample) {
  if (sample.tail) on_tail_seen(*sample.tail, sample.at);
  const std::lock_guard lock(m_);
  if (sample.uplink && sample.uplink->exact) uplink_.update(sample.uplink->value.value, sample.at);
  if (sample.uplink && !sample.uplink->exact) uplink_.update_at_least(sample.uplink->value.value, sample.at);
  if (sample.window) window_ = sample.window;
  if (sample.stall && *sample.stall > stalled(sample.at).value_or(Duration{})) stall_ = {sample.at, *sample.stall};
  // A look at an upload under way tells either that it moves or that it does not.
  if (sample.stall && !sample.uplink && !sample.rtt) stood_still_ = sample.at;
  if (sample.uplink) stood_still_.reset();
  if (!sample.rtt || *sample.rtt <= Duration::zero()) return;
  // What is older and no smaller than this one can never be the smallest again: the first that is left is.
  while (!round_trips_.empty() && round_trips_.back().second >= *sample.rtt) round_trips_.pop_back();
  round_trips_.emplace_back(sample.at, *sample.rtt);
  while (round_trips_.front().first + kRoundTripsKept < sample.at) round_trips_.pop_front();
}

// Once it is over, no fear of another one is greater than what that could cost: the edge would finish by itself.
std::optional<Duration> Traffic::stalled(TimePoint now) const {
  if (!stall_ || now - stall_->first <= kLooks) return faded(stall_, now);
  return faded(std::pair(stall_->first, std::min(stall_->second, alone().value_or(stall_->second))), now);
}

std::optional<Duration> Traffic::alone() const {
  const std::shared_ptr<const PartitionTable> table = table_.acquire();
  const Estimate* whole = table ? table->unstressed().find(table->edge_only()) : nullptr;
  if (!whole) return std::nullopt;
  return from_seconds(seconds(whole->mean.total()) * edge_.value().value_or(1));
}

bool Traffic::stands_still(TimePoint now) const {
  const std::lock_guard lock(m_);
  return stood_still_ && now - *stood_still_ <= kLooks;
}

void Traffic::forget_round_trips() {
  const std::lock_guard lock(m_);
  round_trips_.clear();
}

Traffic::Reading Traffic::read(TimePoint now) const {
  const std::lock_guard lock(m_);
  Reading reading;
  if (const auto rate = uplink_.value()) reading.uplink = BitsPerSecond{*rate};
  if (const auto usual = uplink_.usual()) reading.uplink_usual = BitsPerSecond{*usual};
  reading.uplink_sd = uplink_.sd(now);
  reading.stalled = stalled(now);
  if (queue_) reading.cloud_queue = faded(queue_, now).value_or(Duration{});
  reading.window = window_;
  reading.edge_slowdown = edge_.value();
  reading.residuals = edge_.residuals();
  reading.edge_waited = waited_;
  reading.sent_today = sent_->last_day(now);
  for (const Running& head : running_) {
    const auto at_least = edge_.at_least(head.cut, now - head.began, head.unstressed);
    if (at_least && at_least > reading.edge_slowdown.value_or(1)) reading.edge_slowdown = at_least;
  }
  reading.cloud_slowdown = trusted_again(cloud_, now);
  if (const auto held = slowdown_by_held(now); held && held > reading.cloud_slowdown.value_or(1))
    reading.cloud_slowdown = held;
  reading.last_uplink = uplink_.last();
  reading.last_head = edge_.last();
  for (const auto& [at, rtt] : round_trips_)
    if (at + kRoundTripsKept >= now) {
      reading.rtt = rtt;
      break;
    }
  return reading;
}

}  // namespace tideline
