#include "profiler/fit/build_table.h"

#include "profiler/fit/by_cell.h"
#include "profiler/fit/robust.h"
#include "profiler/fit/statistics.h"
#include "profiler/journal/campaign_checks.h"

#include <cmath>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace tideline::fit {
namespace {

struct Heads {
  Duration mean{};
  Duration ci95{};
};

// All plans of a cut run the same head, so their measurements count together: a plan does not look fast because its
// heads were lucky.
std::map<std::uint32_t, Heads> heads(const journal::Context& context, const Measured& cell) {
  std::map<std::uint32_t, std::vector<double>> times;
  for (std::size_t i = 0; i < cell.size(); ++i)
    for (const journal::Sample* sample : cell[i])
      times[context.candidates[i].plan.cut].push_back(ns(sample->terms.head));
  std::map<std::uint32_t, Heads> heads;
  for (const auto& [cut, all] : times) heads[cut] = {rounded(winsorised_mean(all)), rounded(student_half_width(all))};
  return heads;
}

// The 95th percentile of the total and its confidence are those of what was measured, around the mean of all heads.
table::Estimate estimate(const journal::Candidate& candidate, const std::vector<const journal::Sample*>& samples,
                         const Heads& heads, std::uint64_t seed) {
  table::Estimate estimate{candidate.plan, candidate.cut_name, {}, {}, {}, {}, 0, {}, {}};
  const auto wire = values(samples, [](const journal::Sample& s) { return static_cast<double>(s.wire.count); });
  estimate.wire.count = static_cast<std::uint64_t>(std::llround(mean(wire)));
  for (Duration table::Terms::* const term : {&table::Terms::head, &table::Terms::encode, &table::Terms::network,
                                              &table::Terms::queue, &table::Terms::tail}) {
    const auto times = values(samples, [term](const journal::Sample& s) { return ns(s.terms.*term); });
    estimate.mean.*term = rounded(winsorised_mean(times));
    estimate.ci95_terms.*term = rounded(student_half_width(times));
  }
  const auto totals = values(samples, [](const journal::Sample& s) { return ns(s.terms.total()); });
  estimate.p95 = rounded(quantile(totals, 0.95)) + heads.mean - estimate.mean.head;
  estimate.mean.head = heads.mean;
  estimate.ci95_terms.head = heads.ci95;
  const auto rest = values(samples, [](const journal::Sample& s) { return ns(s.terms.total() - s.terms.head); });
  estimate.ci95 = rounded(std::hypot(bootstrap_half_width(rest, seed), ns(heads.ci95)));
  estimate.samples = static_cast<std::uint32_t>(samples.size());
  return estimate;
}

bool complete(const Measured& cell) {
  for (const auto& samples : cell)
    if (samples.empty()) return false;
  return true;
}

}  // namespace

Result<table::PartitionTable> build_table(const journal::Measurements& measured, std::string created) {
  const journal::Context& context = measured.context;
  if (context.method == journal::Method::separable) return build_separable_table(measured, std::move(created));
  if (auto ok = check(context); !ok) return ok.error();
  const auto sorted = by_cell(context, measured.samples);
  if (!sorted) return sorted.error();
  const Measured& baseline = sorted->front();
  if (!complete(baseline))
    return error(ErrorKind::invalid,
                 "the first cell ({}) does not have a sample of every candidate; "
                 "resume the campaign, as all other cells are compared with it",
                 to_string(context.cells.front()));
  std::vector<table::Cell> cells;
  table::Quality quality = quality_of(measured);
  for (std::size_t c = 0; c < sorted->size(); ++c) {
    const Measured& in_cell = (*sorted)[c];
    if (!complete(in_cell)) {
      if (!measured.unreached[c]) quality.left_out.push_back({context.cells[c], "not every plan was measured there"});
      continue;
    }
    table::Cell cell{context.cells[c], seen(context, in_cell, baseline), {}, std::nullopt, {}};
    if (const auto& imposed = measured.imposed[c]) {
      cell.achieved = imposed->achieved;
      cell.remarks = imposed->remarks;
    }
    const auto of_cut = heads(context, in_cell);
    for (std::size_t i = 0; i < in_cell.size(); ++i) {
      const journal::Candidate& candidate = context.candidates[i];
      cell.estimates.push_back(estimate(candidate, in_cell[i], of_cut.at(candidate.plan.cut),
                                        context.seed + c * context.candidates.size() + i));
      cell.estimates.back().agreement = measured.agreements[i];
      cell.estimates.back().stream = measured.streams[i];
    }
    cells.push_back(std::move(cell));
  }
  return table::PartitionTable::make(origin_of(measured, std::move(created), std::move(quality)), std::move(cells));
}

table::PartitionTable::Origin origin_of(const journal::Measurements& measured, std::string created,
                                        table::Quality quality) {
  const journal::Context& context = measured.context;
  return {context.model,      context.model_name, context.cuts,    std::string(name(context.method)),
          std::move(created), context.edge,       context.cloud,   context.precisions,
          std::move(quality), context.inputs,     context.sequence};
}

}  // namespace tideline::fit
