#include "policy/estimate/telemetry.h"

#include <algorithm>
#include <cmath>

namespace tideline::estimate {
namespace {

constexpr auto kRoundTripsKept = std::chrono::seconds(10);
constexpr Duration kForgotten = std::chrono::milliseconds(10);
constexpr Duration kLooks = std::chrono::milliseconds(200);          // A link reports what lasts four times as often.
constexpr double kTrustedAgain = 5;                                  // Seconds.
constexpr double kBusy = 0.05;                                       // Share of a time that others visibly took.
constexpr auto kTooShortToCompare = std::chrono::microseconds(200);  // Below this, timer noise and overhead dominate.

// Returns the estimate of `plan`, or of another plan with the same cut: heads do not depend on the codec.
const table::Estimate* unstressed_estimate(const table::PartitionTable* table, const plan::Plan& plan) {
  if (!table) return nullptr;
  const table::Cell& cell = table->unstressed();
  if (const table::Estimate* exact = cell.find(plan)) return exact;
  const auto alike = std::find_if(cell.estimates.begin(), cell.estimates.end(), [&](const table::Estimate& e) {
    return e.plan.model == plan.model && e.plan.cut == plan.cut;
  });
  return alike == cell.estimates.end() ? nullptr : &*alike;
}

std::optional<double> slowdown(Duration measured, Duration unstressed) {
  if (unstressed < kTooShortToCompare) return std::nullopt;
  return seconds(measured) / seconds(unstressed);
}

// A link that has just stalled may stall again, and a cloud that was busy may be busy again. Trust returns in seconds.
std::optional<Duration> faded(const std::optional<std::pair<TimePoint, Duration>>& seen, TimePoint now) {
  if (!seen) return std::nullopt;
  const double age = std::max(0.0, seconds(now - seen->first));
  const Duration left = from_seconds(seconds(seen->second) * std::exp2(-age));
  return left < kForgotten ? std::nullopt : std::optional(left);
}

// A slow cloud gets no requests, so nothing would ever show that it is fast again: the estimate must fade.
double faded(double slowdown, TimePoint last, TimePoint now) {
  if (slowdown <= 1) return slowdown;
  return std::pow(slowdown, std::exp2(-std::max(0.0, seconds(now - last)) / kTrustedAgain));
}

std::optional<double> faded_slowdown(const Slowdown& slowdown, TimePoint now) {
  const auto value = slowdown.value();
  return value ? std::optional(faded(*value, *slowdown.last(), now)) : std::nullopt;
}

std::vector<double> faded_residuals(const Slowdown& slowdown, TimePoint now) {
  std::vector<double> residuals = slowdown.residuals();
  for (double& residual : residuals) residual = faded(residual, *slowdown.last(), now);
  return residuals;
}

}  // namespace

void Telemetry::relate_to(std::shared_ptr<const table::PartitionTable> table) {
  if (!table || !table_ || *table != *table_) {
    ratios_ = {};
    fit_.reset();
    if (table) fit_.emplace(table->unstressed().estimates.size());
  }
  table_ = std::move(table);
}

void Telemetry::on_head(const plan::Plan& plan, Duration head, TimePoint at) {
  const table::Estimate* estimate = unstressed_estimate(table_.get(), plan);
  if (!estimate) return;
  edge_.update(plan.cut, head, estimate->mean.head, at);
  if (estimate->has_interval())
    fit_->update({Part::head, plan, head, estimate->mean.head, estimate->ci95_terms.head, edge_is_busy()}, at);
}

std::uint64_t Telemetry::head_began(const plan::Plan& plan, TimePoint at) {
  const table::Estimate* estimate = unstressed_estimate(table_.get(), plan);
  running_[++heads_] = {at, plan.cut, estimate ? estimate->mean.head : Duration{}};
  return heads_;
}

void Telemetry::on_tail(const plan::Plan& plan, Duration tail, TimePoint at) {
  const table::Estimate* estimate = unstressed_estimate(table_.get(), plan);
  if (!estimate) return;
  const Duration table = estimate->mean.tail;
  cloud_.update(plan.cut, tail, table, at);
  if (estimate->has_interval())
    fit_->update({Part::tail, plan, tail, table, estimate->ci95_terms.tail, cloud_is_busy(table, at)}, at);
  held_.reset();
}

bool Telemetry::edge_is_busy() const {
  return waited_.value_or(0) > kBusy || throttled_.value_or(0) > kBusy;
}

bool Telemetry::cloud_is_busy(Duration tail, TimePoint at) const {
  return seconds(faded(queue_, at).value_or(Duration{})) > kBusy * seconds(tail);
}

void Telemetry::on_head_waited(double share) {
  waited_ = share;
}

void Telemetry::on_throttled(std::optional<double> share) {
  throttled_ = share;
}

void Telemetry::on_cloud_queue(Duration wait, TimePoint at) {
  queue_ = {at, wait};
}

void Telemetry::on_encoded(const plan::Plan& plan, Bytes wire, TimePoint at) {
  if (const table::Estimate* estimate = table_ ? table_->unstressed().find(plan) : nullptr)
    ratios_.update(plan, wire, estimate->wire, at);
}

void Telemetry::on_sent() {
  uploading_ = true;
}

// The table was measured with batches of one.
void Telemetry::on_observed_tail(const plan::ObservedTail& tail, TimePoint at) {
  if (tail.batch != 1) return;
  if (!tail.is_held) {
    on_tail(tail.plan, tail.took, at);
    on_cloud_queue(tail.queue, at);
  } else if (const table::Estimate* estimate = unstressed_estimate(table_.get(), tail.plan)) {
    held_ = {at, tail.took, estimate->mean.tail};
  }
}

void Telemetry::on_link_sample(const plan::LinkSample& sample) {
  if (sample.tail) on_observed_tail(*sample.tail, sample.at);
  if (sample.uplink && sample.uplink->exact) uplink_.update(sample.uplink->value.value, sample.at);
  if (sample.uplink && !sample.uplink->exact) uplink_.update_at_least(sample.uplink->value.value, sample.at);
  if (sample.window) window_ = sample.window;
  if (sample.uploading) uploading_ = *sample.uploading;
  if (sample.stall && *sample.stall > stall(sample.at).value_or(Duration{})) stall_ = {sample.at, *sample.stall};
  // A look at an upload under way shows either that it moves or that it stalls.
  if (sample.stall && !sample.uplink && !sample.rtt) stalled_at_ = sample.at;
  if (sample.uplink) stalled_at_.reset();
  if (sample.rtt && *sample.rtt > Duration{}) on_round_trip(*sample.rtt, sample.at);
}

// The first that is kept is the smallest: an older one that is no smaller can never become the smallest again.
void Telemetry::on_round_trip(Duration rtt, TimePoint at) {
  while (!round_trips_.empty() && round_trips_.back().second >= rtt) round_trips_.pop_back();
  round_trips_.emplace_back(at, rtt);
  while (round_trips_.front().first + kRoundTripsKept < at) round_trips_.pop_front();
}

std::optional<Duration> Telemetry::round_trip(TimePoint now) const {
  const auto recent = [now](const Timed& one) { return one.first + kRoundTripsKept >= now; };
  const auto first = std::ranges::find_if(round_trips_, recent);
  return first == round_trips_.end() ? std::nullopt : std::optional(first->second);
}

std::optional<double> Telemetry::edge_slowdown(TimePoint now) const {
  std::optional<double> slow = edge_.value();
  for (const auto& [number, head] : running_) {
    const auto at_least = edge_.at_least(head.cut, now - head.began, head.unstressed);
    if (at_least && at_least > slow.value_or(1)) slow = at_least;
  }
  return slow;
}

std::optional<double> Telemetry::cloud_slowdown(TimePoint now) const {
  const std::optional<double> slow = faded_slowdown(cloud_, now);
  const std::optional<double> held = slowdown_by_held_tail(now);
  return held && held > slow.value_or(1) ? held : slow;
}

// The cloud is at least as slow as the tail that it holds has taken so far, less the expected queue.
std::optional<double> Telemetry::slowdown_by_held_tail(TimePoint now) const {
  if (!held_ || now - held_->at > kLooks) return std::nullopt;
  const Duration queue = faded(queue_, now).value_or(Duration{});
  return slowdown(held_->took + (now - held_->at) - queue, held_->unstressed);
}

// Once a stall is over, the next one can cost no more than finishing on the edge.
std::optional<Duration> Telemetry::stall(TimePoint now) const {
  if (!stall_ || now - stall_->first <= kLooks) return faded(stall_, now);
  return faded(Timed(stall_->first, std::min(stall_->second, edge_alone().value_or(stall_->second))), now);
}

std::optional<Duration> Telemetry::edge_alone() const {
  const table::Estimate* whole = table_ ? table_->unstressed().find(table_->edge_only()) : nullptr;
  if (!whole) return std::nullopt;
  return from_seconds(seconds(whole->mean.total()) * edge_.value().value_or(1));
}

bool Telemetry::is_stalled(TimePoint now) const {
  return stalled_at_ && now - *stalled_at_ <= kLooks;
}

Telemetry::Reading Telemetry::read(TimePoint now, const plan::Conditions& others) const {
  Reading reading{.now = others};
  if (const auto rate = uplink_.value()) reading.now.uplink = BitsPerSecond{*rate};
  if (const auto usual = uplink_.usual()) reading.now.uplink_usual = BitsPerSecond{*usual};
  reading.now.uplink_sd = uplink_.sd(now);
  reading.now.rtt = round_trip(now);
  reading.now.uplink_window = window_;
  reading.now.uplink_stalled = stall(now);
  reading.now.edge_slowdown = edge_slowdown(now);
  reading.now.cloud_slowdown = cloud_slowdown(now);
  if (queue_) reading.now.cloud_queue = faded(queue_, now).value_or(Duration{});
  reading.now.edge_waited = waited_;
  reading.residuals = {edge_.residuals(), faded_residuals(cloud_, now)};
  reading.ratios = ratios_.read(now);
  if (fit_) reading.fit = fit_->verdict();
  reading.last_uplink = uplink_.last();
  reading.uplink_is_bound = uplink_.is_bound();
  reading.last_head = edge_.last();
  reading.uploading = uploading_;
  return reading;
}

}  // namespace tideline::estimate
