#include "policy/estimate/sent_ratios.h"

#include <algorithm>
#include <cmath>

namespace tideline::estimate {
namespace {

constexpr double kSceneWalk = 0.001;      // q: variance gained per reading.
constexpr double kSceneDrift = 0.002;     // p: variance gained per second, for at most kLongestDrift.
constexpr double kLongestDrift = 120;     // Seconds.
constexpr double kSceneHalved = 60;       // h, in seconds.
constexpr double kPlanFades = 60;         // tau, in seconds.
constexpr double kPlanOwn = 0.15 * 0.15;  // v
constexpr double kFirstSpread = 0.01;     // First r.
constexpr double kLeastSpread = 0.0004;
constexpr double kSpreadLearnt = 0.05;  // Share of r that is learnt from each reading.
constexpr double kWildest = 3;          // Standard deviations that one reading may deviate.

}  // namespace

void SentRatios::update(const plan::Plan& plan, Bytes sent, Bytes table, TimePoint at) {
  const predict::WireFamily kind = predict::family_of(plan.codec);
  if (kind == predict::WireFamily::fixed || sent.count == 0 || table.count == 0) return;
  const double reading = std::log(static_cast<double>(sent.count) / static_cast<double>(table.count));
  const predict::WireRatios::CutAndCodec which{plan.cut, plan.codec};
  const auto [found, first] = families_.try_emplace(kind, Family{reading, kFirstSpread, kFirstSpread, 0, at});
  Family& family = found->second;
  if (!first) family.pass(std::max(0.0, seconds(at - family.last)));
  family.last = std::max(family.last, at);
  Own& own = family.plans.try_emplace(which, Own{0, kPlanOwn}).first->second;
  if (!first) family.take(own, reading);
}

void SentRatios::Family::pass(double gone) {
  scene *= std::exp2(-gone / kSceneHalved);
  variance += kSceneDrift * std::min(gone, kLongestDrift);
  const double left = std::exp(-gone / kPlanFades);
  for (auto& [which, own] : plans) {
    own.mean *= left;
    own.variance = kPlanOwn + left * left * (own.variance - kPlanOwn);
  }
}

void SentRatios::Family::take(Own& own, double reading) {
  variance += kSceneWalk;
  const double noise = own.variance + spread;
  const double error = believed(reading - scene - own.mean, std::sqrt(variance + noise));
  const double sum = variance + noise;
  scene += variance / sum * error;
  own.mean += own.variance / sum * error;
  variance *= noise / sum;
  own.variance *= 1 - own.variance / sum;
  spread = std::max(kLeastSpread, spread + kSpreadLearnt * (error * error - sum));
}

// Accepts a step, and makes the scene as uncertain as the step is large.
double SentRatios::Family::believed(double error, double sd) {
  const double most = kWildest * sd;
  const int side = error > sd ? 1 : error < -sd ? -1 : 0;
  const bool step = side != 0 && side == wild;
  wild = std::abs(error) > most || step ? side : 0;
  if (step) variance += error * error;
  return step ? error : std::clamp(error, -most, most);
}

// The mean of a quantity whose logarithm is normal.
predict::WireRatio SentRatios::Family::ratio(const Own& own) const {
  return {std::exp(scene + own.mean + spread / 2), std::sqrt(variance + own.variance + spread)};
}

predict::WireRatios SentRatios::read(TimePoint now) const {
  predict::WireRatios ratios;
  for (auto [kind, family] : families_) {
    family.pass(std::max(0.0, seconds(now - family.last)));
    ratios.families[kind] = family.ratio({0, kPlanOwn});
    for (const auto& [which, own] : family.plans) ratios.plans[which] = family.ratio(own);
  }
  return ratios;
}

}  // namespace tideline::estimate
