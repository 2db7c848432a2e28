#include "profiler/fit/link_fit.h"

#include "profiler/fit/pair_centres.h"
#include "profiler/fit/robust.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace tideline::fit {
namespace {

constexpr int kLineReweightings = 20;
constexpr double kLeastRelativeSd = 0.005;  // Of one size: no measurement is more accurate.

struct SizePoint {
  double bytes = 0;
  double seconds = 0;
  double variance = 0;  // Of its logarithm.
};

std::vector<SizePoint> size_points(std::span<const Transfer> transfers) {
  std::map<std::uint32_t, std::pair<double, double>> bytes;
  std::vector<Reading> readings;
  for (const Transfer& t : transfers) {
    auto& [sum, count] = bytes[t.candidate];
    sum += t.bytes;
    ++count;
    readings.push_back({t.candidate, 0, t.seconds});
  }
  std::vector<Pair> pairs = pairs_of(readings);
  summarize(pairs, std::max(kLeastRelativeSd, pooled_sd(pairs)));
  std::vector<SizePoint> points;
  points.reserve(pairs.size());
  for (const Pair& pair : pairs)
    points.push_back({bytes[pair.item].first / bytes[pair.item].second, std::exp(pair.centre), pair.variance});
  std::sort(points.begin(), points.end(), [](const SizePoint& a, const SizePoint& b) { return a.bytes < b.bytes; });
  return points;
}

// Returns one step of weighted least squares on relative errors, starting from the line `before`.
FittedLine improved(const std::vector<SizePoint>& points, const FittedLine& before, double sd) {
  double w0 = 0, wx = 0, wy = 0, wxx = 0, wxy = 0;
  for (const SizePoint& p : points) {
    const double relative = (p.seconds - before.at(p.bytes)) / p.seconds;
    const double w = huber_weight(relative / sd) / (p.seconds * p.seconds);
    w0 += w;
    wx += w * p.bytes;
    wy += w * p.seconds;
    wxx += w * p.bytes * p.bytes;
    wxy += w * p.bytes * p.seconds;
  }
  const double determinant = w0 * wxx - wx * wx;
  if (!(determinant > 1e-12 * w0 * wxx)) return before;
  FittedLine line;
  line.slope = std::max(0.0, (w0 * wxy - wx * wy) / determinant);
  line.intercept = (wy - line.slope * wx) / w0;
  return line;
}

FittedLine line_through(const std::vector<SizePoint>& points) {
  if (points.front().bytes == points.back().bytes) {
    std::vector<double> seconds;
    seconds.reserve(points.size());
    for (const SizePoint& p : points) seconds.push_back(p.seconds);
    return {spread_of(seconds).centre, 0};
  }
  std::vector<double> xs, ys;
  for (const SizePoint& p : points) {
    xs.push_back(p.bytes);
    ys.push_back(p.seconds);
  }
  FittedLine line = theil_sen(xs, ys);
  line.slope = std::max(0.0, line.slope);
  for (int step = 0; step < kLineReweightings; ++step) {
    std::vector<double> relative;
    relative.reserve(points.size());
    for (const SizePoint& p : points) relative.push_back(std::abs(p.seconds - line.at(p.bytes)) / p.seconds);
    line = improved(points, line, std::max(kLeastRelativeSd, kMadToSd * spread_of(relative).centre));
  }
  return line;
}

}  // namespace

double LinkFit::line(double bytes) const {
  return std::max(least_, intercept_ + slope_ * bytes);
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
  return line(bytes) * std::exp(deviation(bytes));
}

std::optional<LinkFit> fit_link(std::span<const Transfer> transfers) {
  if (transfers.empty()) return std::nullopt;
  const std::vector<SizePoint> points = size_points(transfers);
  const FittedLine line = line_through(points);
  LinkFit fit;
  fit.intercept_ = line.intercept;
  fit.slope_ = line.slope;
  fit.least_ = points.front().seconds;
  for (const SizePoint& p : points) fit.least_ = std::min(fit.least_, p.seconds);
  fit.least_ /= 2;
  double squares = 0, noise = 0;
  for (const SizePoint& p : points) {
    squares += std::pow(std::log(p.seconds / fit.line(p.bytes)), 2);
    noise += p.variance;
  }
  const auto n = static_cast<double>(points.size());
  const double tau2 = std::max(0.0, (squares - noise) / n);
  double left = 0;
  for (const SizePoint& p : points) {
    const double kept = tau2 / (tau2 + p.variance);
    const double deviation = kept * std::log(p.seconds / fit.line(p.bytes));
    if (fit.knots_.empty() || fit.knots_.back().log_bytes < std::log1p(p.bytes))
      fit.knots_.push_back({std::log1p(p.bytes), deviation});
    left += (1 - kept) * noise / n + kept * p.variance;
  }
  fit.error_ = std::sqrt(left / n);
  return fit;
}

}  // namespace tideline::fit
