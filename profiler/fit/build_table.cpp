#include "profiler/fit/build_table.h"

#include "profiler/fit/by_cell.h"
#include "profiler/fit/robust.h"
#include "profiler/fit/statistics.h"
#include "profiler/journal/campaign_checks.h"

#include <cmath>
#include <optional>
#include <utility>
#include <vector>

namespace tideline::fit {
namespace {

table::Estimate estimate(const journal::Candidate& candidate, const std::vector<const journal::Sample*>& samples,
                         std::uint64_t seed) {
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
  estimate.p95 = rounded(quantile(totals, 0.95));
  estimate.ci95 = rounded(bootstrap_half_width(totals, seed));
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
  for (std::size_t c = 0; c < sorted->size(); ++c) {
    const Measured& in_cell = (*sorted)[c];
    if (!complete(in_cell)) continue;
    table::Cell cell{context.cells[c], seen(context, in_cell, baseline), {}, std::nullopt, {}};
    if (const auto& imposed = measured.imposed[c]) {
      cell.achieved = imposed->achieved;
      cell.remarks = imposed->remarks;
    }
    for (std::size_t i = 0; i < in_cell.size(); ++i) {
      cell.estimates.push_back(
          estimate(context.candidates[i], in_cell[i], context.seed + c * context.candidates.size() + i));
      cell.estimates.back().agreement = measured.agreements[i];
      cell.estimates.back().stream = measured.streams[i];
    }
    cells.push_back(std::move(cell));
  }
  return table::PartitionTable::make(origin_of(measured, std::move(created), quality_of(measured)), std::move(cells));
}

table::PartitionTable::Origin origin_of(const journal::Measurements& measured, std::string created,
                                        table::Quality quality) {
  const journal::Context& context = measured.context;
  return {context.model,      context.model_name, context.cuts,    std::string(name(context.method)),
          std::move(created), context.edge,       context.cloud,   context.precisions,
          std::move(quality), context.inputs,     context.sequence};
}

}  // namespace tideline::fit
