#include "profiler/fit/mean_ratio.h"

#include <algorithm>
#include <cmath>

namespace tideline::fit {
namespace {

constexpr double kPriorFreedom = 2;  // Weight, in readings, of the variance of all pairs against a pair's own.

struct PairRatios {
  double sum = 0;
  double count = 0;
  double squares = 0;  // About the pair's mean.

  double mean() const { return sum / count; }
};

std::vector<PairRatios> collect(const TwoWayFit& fit, std::span<const Reading> readings, std::size_t pairs,
                                std::uint32_t conditions) {
  std::vector<PairRatios> found(pairs);
  const auto pair = [&](const Reading& r) -> PairRatios& {
    return found[std::size_t{r.item} * conditions + r.condition];
  };
  const auto ratio = [&](const Reading& r) { return r.value / fit.predict(r.item, r.condition); };
  for (const Reading& r : readings) {
    pair(r).sum += ratio(r);
    ++pair(r).count;
  }
  for (const Reading& r : readings) pair(r).squares += (ratio(r) - pair(r).mean()) * (ratio(r) - pair(r).mean());
  return found;
}

struct All {
  double mean = 0;
  double within = 0;   // Variance of readings about their pair's mean.
  double between = 0;  // Variance of the pairs' true means, by the method of moments (Hedges and Olkin 1985).
};

All summary(const std::vector<PairRatios>& pairs) {
  double sum = 0, count = 0, squares = 0, freedom = 0, inverse = 0, known = 0;
  for (const PairRatios& pair : pairs) {
    if (pair.count == 0) continue;
    sum += pair.sum;
    count += pair.count;
    squares += pair.squares;
    freedom += pair.count - 1;
    inverse += 1 / pair.count;
    ++known;
  }
  All all{.mean = sum / count};
  if (freedom == 0) return all;  // Without repeated readings, a pair's delays cannot be told from noise.
  all.within = squares / freedom;
  double away = 0;
  for (const PairRatios& pair : pairs)
    if (pair.count > 0) away += (pair.mean() - all.mean) * (pair.mean() - all.mean);
  all.between = std::max(0.0, (away - all.within * inverse) / known);
  return all;
}

MeanRatio drawn(const PairRatios& pair, const All& all) {
  if (pair.count == 0 || all.between == 0) return {all.mean, std::sqrt(all.between) / all.mean};
  const double own = (pair.squares + kPriorFreedom * all.within) / (pair.count - 1 + kPriorFreedom) / pair.count;
  const double kept = all.between / (all.between + own);
  const double ratio = all.mean + kept * (pair.mean() - all.mean);
  return {ratio, std::sqrt(kept * own) / ratio};
}

}  // namespace

std::vector<MeanRatio> mean_ratios(const TwoWayFit& fit, std::span<const Reading> readings, std::uint32_t items,
                                   std::uint32_t conditions) {
  const auto pairs = collect(fit, readings, std::size_t{items} * conditions, conditions);
  const All all = summary(pairs);
  std::vector<MeanRatio> ratios;
  ratios.reserve(pairs.size());
  for (const PairRatios& pair : pairs) ratios.push_back(drawn(pair, all));
  return ratios;
}

}  // namespace tideline::fit
