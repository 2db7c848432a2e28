#include "profiler/fit/held_out.h"

#include "profiler/fit/by_cell.h"
#include "profiler/fit/pair_centres.h"
#include "profiler/fit/random.h"
#include "profiler/fit/robust.h"
#include "profiler/fit/statistics.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace tideline::fit {
namespace {

constexpr std::size_t kLeastPoints = 2;  // Minimum number of cells in each half for a coefficient.
constexpr double kCertain = 2.5;         // Minimum, in standard errors.
constexpr double kMatters = 0.01;        // Minimum relative change of a term by an interaction.
constexpr double kLeastLever = 0.01;     // A smaller lever is noise of the factors.

struct Point {
  std::uint32_t cell = 0, candidate = 0;
  bool half = false;
  double total = 0;     // Measured, nanoseconds.
  double variance = 0;  // Of its logarithm.
  std::map<const TermFit*, double> terms;
};

std::set<std::uint32_t> first_half(const std::set<std::uint32_t>& cells, std::uint64_t seed) {
  std::vector<std::uint32_t> order(cells.begin(), cells.end());
  Random random(seed);
  shuffle(order, random);
  return {order.begin(), order.begin() + static_cast<std::ptrdiff_t>(order.size() / 2)};
}

std::vector<Point> points_of(const Separable& model, const journal::Context& context,
                             std::span<const journal::Sample> samples) {
  const Sides& sides = model.sides();
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<const journal::Sample*>> pairs;
  std::set<std::uint32_t> cells;
  std::vector<Reading> readings;
  for (const journal::Sample& s : samples) {
    if (sides.only_edge(s.cell) || sides.only_cloud(s.cell) || sides.only_link(s.cell) || model.missing(s.cell))
      continue;
    if (s.terms.total() <= Duration::zero()) continue;
    pairs[{s.cell, s.candidate}].push_back(&s);
    cells.insert(s.cell);
    readings.push_back({s.cell, s.candidate, ns(s.terms.total())});
  }
  std::vector<Pair> centres = pairs_of(readings);
  summarize(centres, pooled_sd(centres));
  const std::set<std::uint32_t> half = first_half(cells, context.seed);
  std::vector<Point> points;
  for (const Pair& pair : centres) {
    const auto& taken = pairs.at({pair.item, pair.condition});
    Point point{pair.item, pair.condition, half.contains(pair.item), 0, pair.variance, {}};
    point.total = winsorised_mean(values(taken, [](const journal::Sample& s) { return ns(s.terms.total()); }));
    point.terms[&model.head()] =
        winsorised_mean(values(taken, [](const journal::Sample& s) { return ns(s.terms.head); }));
    point.terms[&model.tail()] =
        winsorised_mean(values(taken, [](const journal::Sample& s) { return ns(s.terms.tail); }));
    points.push_back(std::move(point));
  }
  return points;
}

// The unexplained part of a term's logarithm, with the lever of the interaction's coefficient.
struct Leverage {
  double x = 0, y = 0;
  bool half = false;
};

struct Fitted {
  double coefficient = 0, error = 0;
};

// Fits a line through 0 by least squares with Huber's weights.
std::optional<Fitted> through_origin(const std::vector<Leverage>& points) {
  if (points.size() < kLeastPoints) return std::nullopt;
  double slope = 0, sd = 0, xx = 0;
  std::vector<double> weights(points.size(), 1);
  for (int step = 0; step < 10; ++step) {
    double xy = 0;
    xx = 0;
    for (std::size_t i = 0; i < points.size(); ++i) {
      xy += weights[i] * points[i].x * points[i].y;
      xx += weights[i] * points[i].x * points[i].x;
    }
    slope = xy / xx;
    std::vector<double> away;
    away.reserve(points.size());
    for (const Leverage& p : points) away.push_back(std::abs(p.y - slope * p.x));
    sd = std::max(0.01, kMadToSd * median(away));
    for (std::size_t i = 0; i < points.size(); ++i) weights[i] = huber_weight(away[i] / sd);
  }
  return Fitted{slope, sd / std::sqrt(xx)};
}

struct Halves {
  Fitted all, first, second;

  // Returns the coefficient that was fitted without the points of this half.
  double without(bool half) const { return half ? second.coefficient : first.coefficient; }
};

// Returns one point per cell: candidates share their cell's errors, so they are one piece of evidence.
std::vector<Leverage> leverages_of(const TermFit& term, const std::vector<Point>& points) {
  std::map<std::uint32_t, std::vector<double>> by_cell;
  std::map<std::uint32_t, Leverage> cells;
  for (const Point& p : points) {
    const double x = term.covers(p.cell, p.candidate) ? term.interaction(p.cell, p.candidate) : 0;
    if (std::abs(x) < kLeastLever || !(p.terms.at(&term) > 0)) continue;
    by_cell[p.cell].push_back(std::log(p.terms.at(&term) / term.predict(p.cell, p.candidate)));
    cells[p.cell] = {x, 0, p.half};
  }
  std::vector<Leverage> all;
  for (auto& [cell, lever] : cells) {
    lever.y = median(by_cell[cell]);
    all.push_back(lever);
  }
  return all;
}

// Returns nothing unless the interaction is certain, large enough, and helps in the half that was not fitted.
std::optional<Halves> interaction_of(const TermFit& term, const std::vector<Point>& points) {
  const std::vector<Leverage> all = leverages_of(term, points);
  std::vector<Leverage> halves[2];
  for (const Leverage& p : all) halves[p.half].push_back(p);
  const auto first = through_origin(halves[1]), second = through_origin(halves[0]), both = through_origin(all);
  if (!first || !second || !both || std::abs(both->coefficient) <= kCertain * both->error) return std::nullopt;
  const Halves found{*both, *first, *second};
  std::vector<double> before, after, moved;
  for (const Leverage& p : all) {
    before.push_back(std::abs(p.y));
    after.push_back(std::abs(p.y - found.without(p.half) * p.x));
    moved.push_back(std::abs(both->coefficient * p.x));
  }
  if (median(moved) < kMatters || median(after) >= median(before)) return std::nullopt;
  return found;
}

}  // namespace

Validation validate(Separable& model, const journal::Context& context, std::span<const journal::Sample> samples) {
  const std::vector<Point> points = points_of(model, context, samples);
  const auto head = interaction_of(model.head(), points), tail = interaction_of(model.tail(), points);
  Validation validation;
  std::vector<double> residuals;
  double noise = 0;
  for (const Point& p : points) {
    model.head().set_coefficient(head ? head->without(p.half) : 0);
    model.tail().set_coefficient(tail ? tail->without(p.half) : 0);
    const Duration predicted = model.predict(p.cell, p.candidate).mean.total();
    validation.held_out.push_back({context.cells[p.cell], context.candidates[p.candidate].plan, rounded(p.total),
                                   std::max(Duration(1), predicted)});
    residuals.push_back(std::abs(std::log(ns(validation.held_out.back().predicted) / p.total)));
    noise += p.variance / static_cast<double>(points.size());
  }
  model.head().set_coefficient(head ? head->all.coefficient : 0);
  model.tail().set_coefficient(tail ? tail->all.coefficient : 0);
  if (head) validation.corrections.push_back({"head", head->all.coefficient, head->all.error});
  if (tail) validation.corrections.push_back({"tail", tail->all.coefficient, tail->all.error});
  if (!residuals.empty()) {
    const double sd = kMadToSd * median(residuals);
    validation.model_sd = std::sqrt(std::max(0.0, sd * sd - noise));
  }
  return validation;
}

}  // namespace tideline::fit
