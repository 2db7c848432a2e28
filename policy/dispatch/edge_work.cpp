#include "policy/dispatch/edge_work.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace tideline::dispatch {
namespace {

constexpr double kNewestWindow = 0.3;  // The weight of the newest value in a mean of windows.
constexpr std::size_t kRuns = 64;      // The runs of a plan that its mean is of, about: single runs scatter.

Duration mixed(Duration mean, Duration newest, double weight) {
  return mean + from_seconds(weight * seconds(newest - mean));
}

// Of a CPU quota, unless someone set another one: https://docs.kernel.org/scheduler/sched-bwc.html
constexpr Duration kPeriod = std::chrono::milliseconds(100);

}  // namespace

Duration WorkSeen::ahead(int slots) const {
  if (!(cores > 0)) return {};
  return from_seconds(seconds(kPeriod) * std::max(0.0, 1 - cores / std::max(1, slots)) / 2);
}

std::vector<Duration> WorkSeen::computed_of(std::span<const Alone> plans) const {
  struct Longer {
    const plan::Plan* plan;
    double ratio;  // Of what it computes to what it takes alone.
  };
  std::vector<Longer> known;
  for (const Alone& one : plans)
    if (const auto found = computed.find(one.plan); found != computed.end() && one.time > Duration{})
      known.push_back({&one.plan, seconds(found->second) / seconds(one.time)});
  const auto guess = [&](const Alone& one) {
    const auto distance = [&one](const Longer& seen) {
      const std::uint32_t a = seen.plan->cut, b = one.plan.cut;
      return std::pair(seen.plan->model != one.plan.model, std::max(a, b) - std::min(a, b));
    };
    const auto nearest = std::ranges::min_element(known, {}, distance);
    const bool is_of_model = nearest != known.end() && nearest->plan->model == one.plan.model;
    return is_of_model ? from_seconds(nearest->ratio * seconds(one.time)) : Duration{};
  };
  std::vector<Duration> times;
  for (const Alone& one : plans) {
    const auto found = computed.find(one.plan);
    times.push_back(found != computed.end() ? found->second : guess(one));
  }
  return times;
}

void EdgeWork::ended(const plan::Plan* plan, Duration computed) {
  if (plan) {
    std::size_t& runs = runs_[*plan];
    runs = std::min(runs + 1, kRuns);
    Duration& mean = seen_.computed[*plan];
    mean = mixed(mean, computed, 1 / static_cast<double>(runs));
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
    seen_.rest = std::exchange(knows_rest_, true) ? mixed(seen_.rest, each, kNewestWindow) : each;
  }
  window_ = Window{.began = now, .process = used.process};
}

}  // namespace tideline::dispatch
