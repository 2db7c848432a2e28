#include "policy/table/table.h"

#include "policy/table/input_limits.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

namespace tideline::table {
namespace {

Result<void> check_estimate(const Estimate& estimate, const PartitionTable::Origin& origin, const std::string& path) {
  if (auto ok = check_plan(estimate.plan, origin.model, origin.cuts, path); !ok) return ok;
  if (estimate.wire > kMostWire)
    return error(ErrorKind::invalid, "{}.wire_bytes: {} is more than the limit of {}", path, estimate.wire.count,
                 kMostWire.count);
  if (auto ok = check(estimate.mean, path + ".mean"); !ok) return ok;
  if (auto ok = check_time(estimate.p95, path + ".p95_ns"); !ok) return ok;
  if (auto ok = check_time(estimate.ci95, path + ".ci95_ns"); !ok) return ok;
  if (auto ok = check(estimate.ci95_terms, path + ".ci95_terms"); !ok) return ok;
  if (estimate.samples == 0)
    return error(ErrorKind::invalid, "{}.samples: 0 is too few; leave out unmeasured plans", path);
  if (estimate.stream)
    if (auto ok = check_stream(estimate.plan, *estimate.stream, origin.sequence, path); !ok) return ok;
  if (estimate.agreement) return check(*estimate.agreement, path + ".agreement");
  return {};
}

// Checks that `cell` has the plans of `first`, in the same order.
Result<void> check_same_plans(const Cell& cell, const Cell& first, const std::string& path) {
  if (cell.estimates.size() != first.estimates.size())
    return error(ErrorKind::invalid, "{}.estimates: {} plans where the first cell has {}; every cell needs the same",
                 path, cell.estimates.size(), first.estimates.size());
  for (std::size_t i = 0; i < cell.estimates.size(); ++i)
    if (cell.estimates[i].plan != first.estimates[i].plan)
      return error(ErrorKind::invalid,
                   "{}.estimates[{}]: not the plan that the first cell has there; every cell needs the same plans in "
                   "the same order",
                   path, i);
  return {};
}

Result<void> check_cell(const Cell& cell, const Cell& first, const PartitionTable::Origin& origin, std::size_t index) {
  const std::string path = fmt::format("cells[{}]", index);
  if (auto ok = check(cell.asked, path + ".asked"); !ok) return ok;
  if (cell.achieved)
    if (auto ok = check(*cell.achieved, path + ".achieved"); !ok) return ok;
  if (auto ok = check(cell.seen, path + ".seen"); !ok) return ok;
  for (std::size_t i = 0; i < cell.estimates.size(); ++i)
    if (auto ok = check_estimate(cell.estimates[i], origin, fmt::format("{}.estimates[{}]", path, i)); !ok) return ok;
  return check_same_plans(cell, first, path);
}

// Checks the plans of the first cell, which all other cells share.
Result<void> check_plans(const Cell& first) {
  if (first.estimates.empty())
    return error(ErrorKind::invalid, "cells[0].estimates: no estimates; measure at least one plan");
  if (first.estimates.size() > kMostPlans)
    return error(ErrorKind::invalid, "cells[0].estimates: {} plans are more than the limit of {}",
                 first.estimates.size(), kMostPlans);
  std::set<plan::Plan> seen;
  for (std::size_t i = 0; i < first.estimates.size(); ++i)
    if (!seen.insert(first.estimates[i].plan).second)
      return error(ErrorKind::invalid, "cells[0].estimates[{}]: duplicate plan; remove one", i);
  return {};
}

double squared(double difference) {
  return difference * difference;
}

// Difference of logarithms; zero if either is missing or makes no sense.
double log_distance(std::optional<double> a, std::optional<double> b) {
  if (!a || !b || !std::isfinite(*a) || !std::isfinite(*b) || *a <= 0 || *b <= 0) return 0;
  return squared(std::log(*a) - std::log(*b));
}

double share_distance(std::optional<double> a, std::optional<double> b) {
  if (!a || !b || !std::isfinite(*a) || !std::isfinite(*b)) return 0;
  return squared(*a - *b);
}

std::optional<double> bits(const std::optional<BitsPerSecond>& rate) {
  return rate ? std::optional(rate->value) : std::nullopt;
}

std::optional<double> felt(const std::optional<Duration>& rtt) {
  return rtt ? std::optional(0.01 + seconds(*rtt)) : std::nullopt;
}

double distance(const plan::Conditions& a, const plan::Conditions& b) {
  return log_distance(felt(a.rtt), felt(b.rtt)) + log_distance(bits(a.uplink), bits(b.uplink)) +
         log_distance(a.edge_slowdown, b.edge_slowdown) + log_distance(a.cloud_slowdown, b.cloud_slowdown) +
         share_distance(a.edge_memory_free, b.edge_memory_free);
}

}  // namespace

const Estimate* Cell::find(const plan::Plan& plan) const {
  for (const Estimate& estimate : estimates)
    if (estimate.plan == plan) return &estimate;
  return nullptr;
}

Result<PartitionTable> PartitionTable::make(Origin origin, std::vector<Cell> cells) {
  if (origin.model.empty())
    return error(ErrorKind::invalid, "model.digest: is empty; name the model that was measured");
  if (origin.cuts < 2 || origin.cuts > kMostCuts)
    return error(ErrorKind::invalid, "model.cuts: {} is not within 2 (cloud-only, edge-only) to {}", origin.cuts,
                 kMostCuts);
  if (cells.empty()) return error(ErrorKind::invalid, "cells: no cells; measure at least the unstressed one");
  if (cells.size() > kMostCells)
    return error(ErrorKind::invalid, "cells: {} are more than the limit of {}", cells.size(), kMostCells);
  if (auto ok = check(origin.quality, "quality"); !ok) return ok.error();
  PartitionTable table(std::move(origin), std::move(cells));
  if (auto ok = check_plans(table.unstressed()); !ok) return ok.error();
  for (std::size_t i = 0; i < table.cells_.size(); ++i)
    if (auto ok = check_cell(table.cells_[i], table.unstressed(), table.origin_, i); !ok) return ok.error();
  return table;
}

const Cell& PartitionTable::nearest(const plan::Conditions& now) const {
  const Cell* nearest = &cells_.front();
  double least = std::numeric_limits<double>::infinity();
  for (const Cell& cell : cells_) {
    const double d = distance(now, cell.seen);
    if (d < least) {
      least = d;
      nearest = &cell;
    }
  }
  return *nearest;
}

bool PartitionTable::takes_images() const {
  return std::ranges::any_of(unstressed().estimates,
                             [](const Estimate& one) { return plan::is_of_images(one.plan.codec); });
}

}  // namespace tideline::table
