#include "policy/dispatch/fluid_limit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>

namespace tideline::dispatch {
namespace {

constexpr std::size_t kStages = 3;
constexpr double kTiny = 1e-12;
using Use = std::array<double, kStages>;  // Of each stage, in seconds per request.

Use use_of(const Demand& demand, Slots slots) {
  return {seconds(demand.long_run()) / std::max(1, slots.edge), seconds(demand.uplink),
          seconds(demand.cloud) / std::max(1, slots.cloud)};
}

// Solves for the shares x of the plans and the load z that all `stages` then have: sum of x = 1, and for each stage the
// sum of x use = z. Gaussian elimination with pivots.
std::optional<std::vector<double>> equal_loads(const std::vector<Use>& uses, std::span<const std::size_t> stages) {
  const std::size_t n = uses.size() + 1;
  std::vector<std::vector<double>> a(n, std::vector<double>(n + 1));
  for (std::size_t row = 0; row < stages.size(); ++row) {
    for (std::size_t i = 0; i < uses.size(); ++i) a[row][i] = uses[i][stages[row]];
    a[row][n - 1] = -1;
  }
  for (std::size_t i = 0; i + 1 < n; ++i) a[n - 1][i] = 1;
  a[n - 1][n] = 1;
  for (std::size_t column = 0; column < n; ++column) {
    std::size_t pivot = column;
    for (std::size_t row = column; row < n; ++row)
      if (std::abs(a[row][column]) > std::abs(a[pivot][column])) pivot = row;
    if (std::abs(a[pivot][column]) < kTiny) return std::nullopt;
    std::swap(a[column], a[pivot]);
    for (std::size_t row = 0; row < n; ++row) {
      if (row == column) continue;
      const double factor = a[row][column] / a[column][column];
      for (std::size_t k = column; k <= n; ++k) a[row][k] -= factor * a[column][k];
    }
  }
  std::vector<double> x(uses.size());
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = a[i][n] / a[i][i];
  return x;
}

double load(const std::vector<Use>& uses, const std::vector<double>& shares) {
  double most = 0;
  for (std::size_t stage = 0; stage < kStages; ++stage) {
    double sum = 0;
    for (std::size_t i = 0; i < uses.size(); ++i) sum += shares[i] * uses[i][stage];
    most = std::max(most, sum);
  }
  return most;
}

// Calls `each` with every set of `size` of the numbers below `count`.
template <typename Each>
void subsets(std::size_t count, std::size_t size, Each each) {
  std::vector<std::size_t> chosen;
  const auto extend = [&](auto&& self, std::size_t from) -> void {
    if (chosen.size() == size) return each(std::span<const std::size_t>(chosen));
    for (std::size_t i = from; i < count; ++i) {
      chosen.push_back(i);
      self(self, i + 1);
      chosen.pop_back();
    }
  };
  extend(extend, 0);
}

// Returns true iff another plan takes no more of any stage.
bool is_dominated(std::size_t plan, const std::vector<Use>& uses) {
  for (std::size_t other = 0; other < uses.size(); ++other) {
    const auto& [a, b] = std::pair(uses[other], uses[plan]);
    if (other == plan || !(a[0] <= b[0] && a[1] <= b[1] && a[2] <= b[2])) continue;
    if (a != b || other < plan) return true;
  }
  return false;
}

}  // namespace

// An optimum of a linear program is at a corner: k plans, at which k stages have the same, the largest, load.
FluidLimit fluid_limit(std::span<const Offer> plans, Slots slots) {
  std::vector<Use> all;
  for (const Offer& one : plans) all.push_back(use_of(one.demand, slots));
  std::vector<std::size_t> useful;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (!is_dominated(i, all)) useful.push_back(i);
  FluidLimit best;
  for (std::size_t size = 1; size <= std::min(kStages, useful.size()); ++size) {
    subsets(useful.size(), size, [&](std::span<const std::size_t> chosen) {
      std::vector<Use> uses;
      for (const std::size_t i : chosen) uses.push_back(all[useful[i]]);
      subsets(kStages, size, [&](std::span<const std::size_t> stages) {
        const auto shares = equal_loads(uses, stages);
        if (!shares || std::ranges::any_of(*shares, [](double x) { return !(x >= -kTiny); })) return;
        const double used = load(uses, *shares);
        const double rate = used > 0 ? 1 / used : std::numeric_limits<double>::infinity();
        if (!(rate > best.rate)) return;
        best = {.rate = rate};
        for (std::size_t i = 0; i < chosen.size(); ++i)
          if ((*shares)[i] > kTiny) best.mix.push_back({useful[chosen[i]], (*shares)[i]});
      });
    });
  }
  return best;
}

std::vector<std::size_t> in_turn(const FluidLimit& limit, std::size_t count) {
  std::vector<std::size_t> plans;
  std::vector<double> due(limit.mix.size());  // How much of each plan's share has not been served.
  while (plans.size() < count) {
    for (std::size_t i = 0; i < due.size(); ++i) due[i] += limit.mix[i].share;
    const auto most = static_cast<std::size_t>(std::ranges::max_element(due) - due.begin());
    due[most] -= 1;
    plans.push_back(limit.mix[most].plan);
  }
  return plans;
}

}  // namespace tideline::dispatch
