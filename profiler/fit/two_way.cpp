#include "profiler/fit/two_way.h"

#include "profiler/fit/pair_centres.h"
#include "profiler/fit/robust.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace tideline::fit {
namespace {

constexpr int kReweightings = 10;

Result<void> check_readings(std::span<const Reading> readings, std::uint32_t items, std::uint32_t conditions) {
  if (items == 0 || conditions == 0 || readings.empty())
    return error(ErrorKind::invalid, "no readings to fit; measure at least one item under one condition");
  if (std::min(items, conditions) > kMostEffects || std::uint64_t{items} * conditions > kMostPairs)
    return error(ErrorKind::invalid, "{} items under {} conditions are too many to fit; use fewer", items, conditions);
  for (const Reading& r : readings) {
    if (r.item >= items || r.condition >= conditions)
      return error(ErrorKind::invalid, "item {} under condition {} is not one of {} items and {} conditions", r.item,
                   r.condition, items, conditions);
    if (!(std::isfinite(r.value) && r.value > 0))
      return error(ErrorKind::invalid, "item {} under condition {}: {} is not a positive reading; leave it out", r.item,
                   r.condition, r.value);
  }
  return {};
}

// Checks that every node is reachable from item 0, by steps between an item and a condition with a common reading.
Result<void> check_connected(const std::vector<Pair>& pairs, std::uint32_t items, std::uint32_t conditions) {
  std::vector<std::uint32_t> parent(std::size_t{items} + conditions);
  std::iota(parent.begin(), parent.end(), 0u);
  const auto root = [&parent](std::uint32_t node) {
    while (parent[node] != node) node = parent[node] = parent[parent[node]];
    return node;
  };
  for (const Pair& pair : pairs) parent[root(pair.item)] = root(items + pair.condition);
  for (std::uint32_t node = 0; node < parent.size(); ++node)
    if (root(node) != root(0))
      return error(ErrorKind::invalid,
                   "no chain of readings connects {} {} with item 0, so they cannot be compared; measure more pairs",
                   node < items ? "item" : "condition", node < items ? node : node - items);
  return {};
}

}  // namespace

// Fits the pairs' centres: keeps the effects of the smaller side (`few`) and eliminates those of the larger (`many`).
class TwoWayFitter {
 public:
  TwoWayFitter(std::vector<Pair> pairs, std::uint32_t items, std::uint32_t conditions)
      : pairs_(std::move(pairs)), items_(items), conditions_(conditions), turned_(conditions > items) {}

  TwoWayFit run() {
    sd_ = summarize(pairs_, pooled_sd(pairs_));
    if (!repeated(pairs_)) count_all_as_noise();
    fit();
    find_tau2();
    return result();
  }

 private:
  std::uint32_t many(const Pair& pair) const { return turned_ ? pair.condition : pair.item; }
  std::uint32_t few(const Pair& pair) const { return turned_ ? pair.item : pair.condition; }
  std::uint32_t how_many() const { return turned_ ? conditions_ : items_; }
  std::uint32_t how_few() const { return turned_ ? items_ : conditions_; }

  // Without repeated readings, noise cannot be told from interaction. Starts with a noise so large that all pairs
  // count.
  void count_all_as_noise() {
    sd_ = summarize(pairs_, 1);
    for (int step = 0; step < 3 && freedom() > 0; ++step) {
      fit();
      const double free = freedom() / static_cast<double>(pairs_.size());
      sd_ = summarize(pairs_, spread_of(residuals()).sd / std::sqrt(free));
    }
  }

  double fitted(const Pair& pair) const { return a_[many(pair)] + b_[few(pair)]; }

  std::vector<double> residuals() const {
    std::vector<double> found;
    found.reserve(pairs_.size());
    for (const Pair& pair : pairs_) found.push_back(pair.centre - fitted(pair));
    return found;
  }

  // Weighted least squares with Huber's weights, which start at 1.
  void fit() {
    std::vector<double> trust(pairs_.size(), 1);
    for (int step = 0; step < kReweightings; ++step) {
      solve(trust);
      for (std::size_t i = 0; i < pairs_.size(); ++i)
        trust[i] = huber_weight((pairs_[i].centre - fitted(pairs_[i])) / std::sqrt(tau2_ + pairs_[i].variance));
    }
  }

  // Solves the normal equations of both sides, with one side eliminated. Effect 0 of the few is fixed at 0.
  void solve(const std::vector<double>& trust) {
    const Eigen::Index rows = how_many(), columns = how_few();
    weights_ = Eigen::MatrixXd::Zero(rows, columns);
    Eigen::VectorXd ya = Eigen::VectorXd::Zero(rows), yb = Eigen::VectorXd::Zero(columns);
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
      const double w = trust[i] / (tau2_ + pairs_[i].variance);
      weights_(many(pairs_[i]), few(pairs_[i])) = w;
      ya[many(pairs_[i])] += w * pairs_[i].centre;
      yb[few(pairs_[i])] += w * pairs_[i].centre;
    }
    sums_ = weights_.rowwise().sum();
    const Eigen::MatrixXd shares = sums_.cwiseInverse().asDiagonal() * weights_;
    Eigen::MatrixXd reduced = -(weights_.transpose() * shares);
    reduced.diagonal() += weights_.colwise().sum().transpose();
    const Eigen::Index free = columns - 1;
    const Eigen::LDLT<Eigen::MatrixXd> solver(reduced.bottomRightCorner(free, free));
    b_ = Eigen::VectorXd::Zero(columns);
    b_.tail(free) = solver.solve((yb - shares.transpose() * ya).tail(free));
    a_ = sums_.cwiseInverse().asDiagonal() * (ya - weights_ * b_);
    covariance_ = Eigen::MatrixXd::Zero(columns, columns);
    covariance_.bottomRightCorner(free, free) = solver.solve(Eigen::MatrixXd::Identity(free, free));
  }

  // Returns the ratio of the residuals to their expected size; it falls as tau2 rises.
  double excess() const {
    double sum = 0;
    for (const Pair& pair : pairs_) {
      const double away = pair.centre - fitted(pair);
      sum += away * away / (tau2_ + pair.variance);
    }
    return sum - freedom();
  }

  double freedom() const { return static_cast<double>(pairs_.size()) - items_ - conditions_ + 1; }

  // Bisects between 0 and the variance of all residuals.
  void find_tau2() {
    if (!repeated(pairs_) || freedom() <= 0 || excess() <= 0) return;
    double low = 0, high = 0;
    for (const double away : residuals()) high += away * away;
    high = 4 * high / freedom();
    for (int step = 0; step < 40 && high - low > 1e-3 * high; ++step) {
      tau2_ = (low + high) / 2;
      fit();
      (excess() > 0 ? low : high) = tau2_;
    }
  }

  // Returns the variance of a_i + b_j, whether the pair has readings or not.
  double additive_variance(Eigen::Index row, Eigen::Index column) const {
    Eigen::VectorXd lever = -weights_.row(row).transpose() / sums_[row];
    lever[column] += 1;
    return 1 / sums_[row] + lever.dot(covariance_ * lever);
  }

  TwoWayFit result() const {
    TwoWayFit fit;
    fit.conditions_ = conditions_;
    fit.residual_sd_ = sd_;
    fit.interaction_sd_ = std::sqrt(tau2_);
    fit.logs_.resize(std::size_t{items_} * conditions_);
    fit.errors_ = fit.logs_;
    for (std::uint32_t item = 0; item < items_; ++item)
      for (std::uint32_t condition = 0; condition < conditions_; ++condition) {
        const auto [row, column] = turned_ ? std::pair(condition, item) : std::pair(item, condition);
        const std::size_t at = std::size_t{item} * conditions_ + condition;
        fit.logs_[at] = a_[row] + b_[column];
        fit.errors_[at] = std::sqrt(additive_variance(row, column) + tau2_);
      }
    for (const Pair& pair : pairs_) add_interaction(pair, fit);
    const Eigen::VectorXd& effects = turned_ ? a_ : b_;
    for (std::uint32_t condition = 0; condition < conditions_; ++condition)
      fit.effects_.push_back(effects[condition] - effects[0]);
    return fit;
  }

  void add_interaction(const Pair& pair, TwoWayFit& fit) const {
    const double kept = tau2_ / (tau2_ + pair.variance);
    const std::size_t at = std::size_t{pair.item} * conditions_ + pair.condition;
    fit.logs_[at] += kept * (pair.centre - fit.logs_[at]);
    const double additive = additive_variance(many(pair), few(pair));
    fit.errors_[at] = std::sqrt((1 - kept) * (1 - kept) * additive + kept * pair.variance);
  }

  std::vector<Pair> pairs_;
  const std::uint32_t items_, conditions_;
  const bool turned_;  // Whether the conditions are the many.

  double sd_ = 0;  // Of one reading.
  double tau2_ = 0;
  Eigen::VectorXd a_, b_;  // Effects of the many and of the few.
  Eigen::MatrixXd weights_;
  Eigen::VectorXd sums_;        // Of the weights' rows.
  Eigen::MatrixXd covariance_;  // Of b.
};

double TwoWayFit::predict(std::uint32_t item, std::uint32_t condition) const {
  return std::exp(logs_[std::size_t{item} * conditions_ + condition]);
}

double TwoWayFit::standard_error(std::uint32_t item, std::uint32_t condition) const {
  return errors_[std::size_t{item} * conditions_ + condition];
}

double TwoWayFit::slowdown(std::uint32_t condition) const {
  return std::exp(effects_[condition]);
}

Result<TwoWayFit> fit_two_way(std::span<const Reading> readings, std::uint32_t items, std::uint32_t conditions) {
  if (auto ok = check_readings(readings, items, conditions); !ok) return ok.error();
  std::vector<Pair> pairs = pairs_of(readings);
  if (auto ok = check_connected(pairs, items, conditions); !ok) return ok.error();
  return TwoWayFitter(std::move(pairs), items, conditions).run();
}

}  // namespace tideline::fit
