#include "profiler/campaign/loss_trial.h"

#include "profiler/campaign/usual_share.h"

#include <algorithm>

namespace tideline::campaign {
namespace {

constexpr double kRounding = 1e-9;  // Of a sum of shares.

bool sends_less(const plan::Plan& a, const plan::Plan& b) {
  return usual_share(a.codec) < usual_share(b.codec);
}

}  // namespace

LossTrial::LossTrial(std::span<const plan::Plan> plans, const Limit& limit, std::uint32_t inputs)
    : limit_(limit), inputs_(inputs) {
  for (const plan::Plan& plan : plans) sums_.emplace(plan, Sum{});
}

std::vector<plan::Plan> LossTrial::going() const {
  std::vector<plan::Plan> going;
  for (const auto& [plan, sum] : sums_)
    if (can_pass(sum)) going.push_back(plan);
  return going;
}

void LossTrial::add(const plan::Plan& plan, const plan::Agreement& one) {
  Sum& sum = sums_.at(plan);
  sum.top1 += one.top1;
  sum.max_error = std::max(sum.max_error, one.max_error);
  ++sum.inputs;
}

bool LossTrial::can_pass(const Sum& sum) const {
  if (limit_.max_error && sum.max_error > *limit_.max_error) return false;
  const double lost = sum.inputs - sum.top1;
  return lost <= (1 - limit_.min_top1) * inputs_ + kRounding;
}

std::map<plan::Plan, plan::Agreement> LossTrial::passed() const {
  std::map<plan::Plan, plan::Agreement> best;
  for (const auto& [plan, sum] : sums_) {
    const plan::Agreement agreement{sum.top1 / inputs_, sum.max_error, inputs_};
    if (sum.inputs != inputs_ || !can_pass(sum) || agreement.top1 < limit_.min_top1) continue;
    const auto same_cut = std::ranges::find_if(best, [&](const auto& other) { return other.first.cut == plan.cut; });
    if (same_cut != best.end() && sends_less(same_cut->first, plan)) continue;
    if (same_cut != best.end()) best.erase(same_cut);
    best.emplace(plan, agreement);
  }
  return best;
}

}  // namespace tideline::campaign
