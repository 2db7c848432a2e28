#include "profiler/fit/build_table.h"
#include "profiler/fit/by_cell.h"
#include "profiler/fit/held_out.h"
#include "profiler/fit/robust.h"
#include "profiler/fit/separable.h"
#include "profiler/fit/statistics.h"
#include "profiler/journal/campaign_checks.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace tideline::fit {
namespace {

// The ratio of a request's 95th percentile to its mean, for each condition of a side while only that side is stressed.
class Tails {
 public:
  Tails(const Sides& sides, const std::vector<Measured>& cells) : sides_(sides) {
    for (std::uint32_t cell = 0; cell < cells.size(); ++cell) {
      if (sides.only_edge(cell)) add(edge_[sides.edge[cell]], cells[cell]);
      if (sides.only_cloud(cell)) add(cloud_[sides.cloud[cell]], cells[cell]);
      if (sides.only_link(cell)) add(link_[sides.link[cell]], cells[cell]);
    }
  }

  // Returns the largest ratio of the three sides.
  double factor(std::uint32_t cell) const {
    return std::max({at(edge_, sides_.edge[cell]), at(cloud_, sides_.cloud[cell]), at(link_, sides_.link[cell]), 1.0});
  }

 private:
  using Ratios = std::map<std::uint32_t, std::vector<double>>;

  static void add(std::vector<double>& ratios, const Measured& cell) {
    for (const auto& samples : cell) {
      if (samples.empty()) continue;
      const auto totals = values(samples, [](const journal::Sample& s) { return ns(s.terms.total()); });
      for (const double total : totals) ratios.push_back(total / winsorised_mean(totals));
    }
  }
  static double at(const Ratios& ratios, std::uint32_t condition) {
    const auto found = ratios.find(condition);
    return found == ratios.end() || found->second.empty() ? 1 : quantile(found->second, 0.95);
  }

  const Sides& sides_;
  Ratios edge_, cloud_, link_;
};

// Returns the readings of cells in which only one side is as in `cell`; each side provides the readings that depend on
// it.
plan::Conditions seen_by_sides(const Separable& model, std::uint32_t cell,
                               const std::vector<plan::Conditions>& by_cell) {
  const Sides& sides = model.sides();
  plan::Conditions seen;
  for (std::uint32_t other = 0; other < by_cell.size(); ++other) {
    if (sides.only_link(other) && sides.link[other] == sides.link[cell]) {
      seen.uplink = by_cell[other].uplink;
      seen.rtt = by_cell[other].rtt;
    }
    if (sides.only_edge(other) && sides.edge[other] == sides.edge[cell]) {
      seen.edge_memory_free = by_cell[other].edge_memory_free;
      seen.edge_cpu_pressure = by_cell[other].edge_cpu_pressure;
    }
  }
  seen.edge_slowdown = model.head().slowdown(cell);
  seen.cloud_slowdown = model.tail().slowdown(cell);
  return seen;
}

table::Estimate estimate_of(const journal::Candidate& candidate, const Separable::Prediction& p, double model_sd,
                            double factor) {
  table::Estimate estimate{candidate.plan, candidate.cut_name, {}, p.mean, {}, {}, 0, {}, {}};
  const double total = ns(p.mean.total());
  double squares = std::pow(model_sd * total, 2);
  for (Duration table::Terms::* const term : {&table::Terms::head, &table::Terms::encode, &table::Terms::network,
                                              &table::Terms::queue, &table::Terms::tail}) {
    squares += std::pow(ns(p.error.*term), 2);
    estimate.ci95_terms.*term = rounded(1.96 * ns(p.error.*term));
  }
  estimate.ci95 = rounded(1.96 * std::sqrt(squares));
  estimate.p95 = rounded(total * factor);
  return estimate;
}

}  // namespace

Result<table::PartitionTable> build_separable_table(const journal::Measurements& measured, std::string created) {
  const journal::Context& context = measured.context;
  if (auto ok = check(context); !ok) return ok.error();
  const auto cells_measured = by_cell(context, measured.samples);
  if (!cells_measured) return cells_measured.error();
  table::Quality quality = quality_of(measured);
  auto model = Separable::fit(context, measured.samples, measured.kept, quality.noise_floor.value_or(0));
  if (!model) return model.error();
  Validation validation = validate(*model, context, measured.samples);
  quality.held_out = std::move(validation.held_out);
  quality.corrections = std::move(validation.corrections);

  const Tails tails(model->sides(), *cells_measured);
  std::vector<plan::Conditions> sensors;
  for (const Measured& cell : *cells_measured) sensors.push_back(seen(context, cell, cells_measured->front()));
  std::vector<std::uint32_t> counts(context.candidates.size());
  for (const journal::Sample& s : measured.samples) ++counts[s.candidate];

  std::vector<table::Cell> cells;
  for (std::uint32_t c = 0; c < context.cells.size(); ++c) {
    if (const auto why = model->missing(c)) {
      if (!measured.unreached[c]) quality.left_out.push_back({context.cells[c], *why});
      continue;
    }
    table::Cell cell{context.cells[c], seen_by_sides(*model, c, sensors), {}, std::nullopt, {}};
    if (const auto& imposed = measured.imposed[c]) {
      cell.achieved = imposed->achieved;
      cell.remarks = imposed->remarks;
    }
    for (std::uint32_t i = 0; i < context.candidates.size(); ++i) {
      cell.estimates.push_back(
          estimate_of(context.candidates[i], model->predict(c, i), validation.model_sd, tails.factor(c)));
      cell.estimates.back().wire = model->wire(i);
      cell.estimates.back().samples = counts[i];
      cell.estimates.back().agreement = measured.agreements[i];
      cell.estimates.back().stream = measured.streams[i];
    }
    cells.push_back(std::move(cell));
  }
  return table::PartitionTable::make(origin_of(measured, std::move(created), std::move(quality)), std::move(cells));
}

}  // namespace tideline::fit
