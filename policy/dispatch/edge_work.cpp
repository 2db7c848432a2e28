#include "policy/dispatch/edge_work.h"

#include <algorithm>

namespace tideline::dispatch {
namespace {

constexpr double kNewest = 0.3;  // The weight of the newest value in a mean.

double mixed(double mean, double newest) {
  return mean + kNewest * (newest - mean);
}

}  // namespace

void EdgeWork::ended(const plan::Plan* plan, Duration computed) {
  if (plan) {
    const auto [at, is_new] = computed_.try_emplace(*plan, seconds(computed));
    if (!is_new) at->second = mixed(at->second, seconds(computed));
  }
  if (!window_) return;
  window_->computed += computed;
  ++window_->requests;
}

void EdgeWork::account(const Used& used, TimePoint now) {
  cores_ = used.cores;
  if (window_ && now - window_->began < kShortest) return;
  if (window_ && window_->requests < kLeast && now - window_->began < kLongest) return;
  if (window_ && window_->requests >= kLeast) {
    const double others = seconds(used.process - window_->process - window_->computed);
    const double each = std::max(0.0, others / static_cast<double>(window_->requests));
    rest_ = rest_ ? mixed(*rest_, each) : each;
  }
  window_ = Window{.began = now, .process = used.process};
}

std::optional<Duration> EdgeWork::occupies(const plan::Plan& plan) const {
  const auto known = computed_.find(plan);
  if (known == computed_.end() || !(cores_ > 0)) return std::nullopt;
  return from_seconds((known->second + rest_.value_or(0)) * slots_ / cores_);
}

}  // namespace tideline::dispatch
