#include "policy/dispatch/edge_work.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace tideline::dispatch {
namespace {

constexpr double kNewest = 0.3;  // The weight of the newest value in a mean.

Duration mixed(Duration mean, Duration newest) {
  return mean + from_seconds(kNewest * seconds(newest - mean));
}

}  // namespace

void EdgeWork::ended(const plan::Plan* plan, Duration computed) {
  if (plan) {
    const auto [at, is_new] = seen_.computed.try_emplace(*plan, computed);
    if (!is_new) at->second = mixed(at->second, computed);
  }
  if (!window_) return;
  window_->computed += computed;
  ++window_->requests;
}

void EdgeWork::account(const Used& used, TimePoint now) {
  seen_.cores = used.cores;
  if (window_ && now - window_->began < kShortest) return;
  if (window_ && window_->requests < kLeast && now - window_->began < kLongest) return;
  if (window_ && window_->requests >= kLeast) {
    const Duration others = used.process - window_->process - window_->computed;
    const Duration each = std::max(Duration{}, others / static_cast<std::int64_t>(window_->requests));
    seen_.rest = std::exchange(knows_rest_, true) ? mixed(seen_.rest, each) : each;
  }
  window_ = Window{.began = now, .process = used.process};
}

std::optional<Duration> EdgeWork::occupies(const plan::Plan& plan) const {
  const auto known = seen_.computed.find(plan);
  if (known == seen_.computed.end() || !(seen_.cores > 0)) return std::nullopt;
  return seen_.occupies(known->second, slots_);
}

}  // namespace tideline::dispatch
