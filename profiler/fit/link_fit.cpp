#include "profiler/fit/link_fit.h"

#include "profiler/fit/pair_centres.h"
#include "profiler/fit/robust.h"
#include "profiler/fit/statistics.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>
#include <set>
#include <utility>

namespace tideline::fit {
namespace {

constexpr int kLineReweightings = 10;
constexpr std::size_t kMostTrials = 64;     // Of sizes at which the line may begin.
constexpr double kLeastRelativeSd = 0.005;  // Of one size: no measurement is more accurate.

bool several_sizes(const std::vector<Transfer>& transfers) {
  return std::any_of(transfers.begin(), transfers.end(),
                     [&](const Transfer& t) { return t.bytes != transfers.front().bytes; });
}

std::vector<Transfer> from_size(double bytes, std::span<const Transfer> all) {
  std::vector<Transfer> larger;
  std::ranges::copy_if(all, std::back_inserter(larger), [&](const Transfer& t) { return t.bytes >= bytes; });
  return larger;
}

// Returns the median time of smaller transfers; without any, half of the shortest time: a bound that keeps times
// positive.
double median_below(double bytes, std::span<const Transfer> all) {
  std::vector<double> times;
  for (const Transfer& t : all)
    if (t.bytes < bytes) times.push_back(t.seconds);
  return times.empty() ? std::ranges::min(all, {}, &Transfer::seconds).seconds / 2 : median(times);
}

// Returns the different sizes, rising; at most kMostTrials of many.
std::vector<double> sizes_to_try(std::span<const Transfer> all) {
  std::set<double> different;
  for (const Transfer& t : all) different.insert(t.bytes);
  const std::vector<double> sizes(different.begin(), different.end());
  const std::size_t step = (sizes.size() + kMostTrials - 1) / kMostTrials;
  std::vector<double> tried;
  for (std::size_t i = 0; i < sizes.size(); i += step) tried.push_back(sizes[i]);
  return tried;
}

// Returns the line through these transfers by weighted least squares. REQUIRES: they have several sizes.
FittedLine line_by(const std::vector<Transfer>& transfers, const std::vector<double>& weights) {
  double w0 = 0, wx = 0, wy = 0;
  for (std::size_t i = 0; i < transfers.size(); ++i) {
    w0 += weights[i];
    wx += weights[i] * transfers[i].bytes;
    wy += weights[i] * transfers[i].seconds;
  }
  const double centre_x = wx / w0, centre_y = wy / w0;
  double xx = 0, xy = 0;
  for (std::size_t i = 0; i < transfers.size(); ++i) {
    const double x = transfers[i].bytes - centre_x;
    xx += weights[i] * x * x;
    xy += weights[i] * x * (transfers[i].seconds - centre_y);
  }
  const double slope = std::max(0.0, xy / xx);
  return {centre_y - slope * centre_x, slope};
}

FittedLine line_through(const std::vector<Transfer>& transfers, double latency) {
  std::vector<double> weights;
  for (const Transfer& t : transfers) weights.push_back(1 / (t.seconds * t.seconds));
  FittedLine line = line_by(transfers, weights);
  for (int step = 0; step < kLineReweightings; ++step) {
    std::vector<double> away;
    for (const Transfer& t : transfers)
      away.push_back(std::abs(t.seconds - std::max(latency, line.at(t.bytes))) / t.seconds);
    const double sd = std::max(kLeastRelativeSd, kMadToSd * median(away));
    for (std::size_t i = 0; i < transfers.size(); ++i)
      weights[i] = huber_weight(away[i] / sd) / (transfers[i].seconds * transfers[i].seconds);
    line = line_by(transfers, weights);
  }
  return line;
}

}  // namespace

double LinkFit::hinge(double bytes) const {
  return std::max(latency_, intercept_ + slope_ * bytes);
}

double LinkFit::deviation(double bytes) const {
  const double at = std::log1p(bytes);
  const auto above = std::find_if(knots_.begin(), knots_.end(), [at](const Knot& k) { return k.log_bytes >= at; });
  if (above == knots_.end()) return knots_.back().deviation;
  if (above == knots_.begin()) return above->deviation;
  const Knot &low = *(above - 1), &high = *above;
  const double way = (at - low.log_bytes) / (high.log_bytes - low.log_bytes);
  return low.deviation + way * (high.deviation - low.deviation);
}

double LinkFit::predict(double bytes) const {
  return hinge(bytes) * std::exp(deviation(bytes));
}

std::optional<LinkFit> fit_link(std::span<const Transfer> transfers) {
  if (transfers.empty()) return std::nullopt;
  LinkFit fit;
  fit.bend(transfers);
  fit.deviate(transfers);
  return fit;
}

// Tries each size as the one at which the line begins, and keeps the trial with the smallest relative errors.
void LinkFit::bend(std::span<const Transfer> transfers) {
  latency_ = intercept_ = median_below(std::numeric_limits<double>::infinity(), transfers);
  double least = errors(transfers);
  for (const double from : sizes_to_try(transfers)) {
    const std::vector<Transfer> larger = from_size(from, transfers);
    if (!several_sizes(larger)) continue;
    LinkFit trial;
    trial.latency_ = median_below(from, transfers);
    const FittedLine line = line_through(larger, trial.latency_);
    trial.intercept_ = line.intercept;
    trial.slope_ = line.slope;
    if (const double found = trial.errors(transfers); found < least) {
      *this = std::move(trial);
      least = found;
    }
  }
}

// Returns the sum of relative errors.
double LinkFit::errors(std::span<const Transfer> transfers) const {
  double sum = 0;
  for (const Transfer& t : transfers) sum += std::abs(t.seconds - hinge(t.bytes)) / t.seconds;
  return sum;
}

// Keeps how each size deviates, to the extent that it is certain.
void LinkFit::deviate(std::span<const Transfer> transfers) {
  std::map<std::uint32_t, std::pair<double, double>> bytes;
  std::vector<Reading> ratios;
  for (const Transfer& t : transfers) {
    auto& [sum, count] = bytes[t.candidate];
    sum += t.bytes;
    ++count;
    ratios.push_back({t.candidate, 0, t.seconds / hinge(t.bytes)});
  }
  std::vector<Pair> sizes = pairs_of(ratios);
  summarize(sizes, std::max(kLeastRelativeSd, pooled_sd(sizes)));
  double squares = 0, noise = 0;
  for (const Pair& size : sizes) {
    squares += size.centre * size.centre;
    noise += size.variance;
  }
  const auto n = static_cast<double>(sizes.size());
  const double tau2 = std::max(0.0, (squares - noise) / n);
  double left = 0;
  std::map<double, double> knots;
  for (const Pair& size : sizes) {
    const double kept = tau2 / (tau2 + size.variance);
    knots.emplace(std::log1p(bytes[size.item].first / bytes[size.item].second), kept * size.centre);
    left += (1 - kept) * noise / n + kept * size.variance;
  }
  for (const auto& [log_bytes, deviation] : knots) knots_.push_back({log_bytes, deviation});
  error_ = std::sqrt(left / n);
}

}  // namespace tideline::fit
