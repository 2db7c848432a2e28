#include "profiler/build_table.h"

#include "profiler/lines.h"
#include "profiler/statistics.h"

#include <cmath>
#include <optional>
#include <utility>
#include <vector>

namespace tideline {
namespace {

// The samples of one cell, by candidate.
using Measured = std::vector<std::vector<const Sample*>>;

template <typename Value>
std::vector<double> values(const std::vector<const Sample*>& samples, Value value) {
  std::vector<double> found;
  found.reserve(samples.size());
  for (const Sample* sample : samples) found.push_back(value(*sample));
  return found;
}

double ns(Duration time) {
  return static_cast<double>(time.count());
}

Duration rounded(double ns) {
  return Duration(std::llround(ns));
}

Estimate estimate(const Candidate& candidate, const std::vector<const Sample*>& samples, std::uint64_t seed) {
  const auto mean_of = [&samples](Duration Terms::* term) {
    return rounded(mean(values(samples, [term](const Sample& s) { return ns(s.terms.*term); })));
  };
  const auto totals = values(samples, [](const Sample& s) { return ns(s.terms.total()); });
  Estimate estimate{candidate.plan, candidate.cut_name, {}, {}, {}, {}, 0, {}};
  const auto wire = values(samples, [](const Sample& s) { return static_cast<double>(s.wire.count); });
  estimate.wire.count = static_cast<std::uint64_t>(std::llround(mean(wire)));
  estimate.mean = {mean_of(&Terms::head), mean_of(&Terms::encode), mean_of(&Terms::network), mean_of(&Terms::queue),
                   mean_of(&Terms::tail)};
  estimate.p95 = rounded(quantile(totals, 0.95));
  estimate.ci95 = rounded(bootstrap_half_width(totals, seed));
  estimate.samples = static_cast<std::uint32_t>(samples.size());
  return estimate;
}

// The median over candidates of how much longer `term` took than in the baseline; `counts` says for which it tells.
template <typename Counts>
std::optional<double> slowdown(const Measured& cell, const Measured& baseline, Duration Terms::* term, Counts counts) {
  const auto time = [term](const Sample& s) { return ns(s.terms.*term); };
  std::vector<double> ratios;
  for (std::size_t i = 0; i < cell.size(); ++i) {
    if (!counts(i)) continue;
    const double here = median(values(cell[i], time)), there = median(values(baseline[i], time));
    if (here > 0 && there > 0) ratios.push_back(here / there);
  }
  if (ratios.empty()) return std::nullopt;
  return median(ratios);
}

template <typename Reading>
std::optional<double> median_reading(const Measured& cell, Reading reading) {
  std::vector<double> readings;
  for (const auto& samples : cell)
    for (const Sample* sample : samples)
      if (const std::optional<double> value = reading(sample->seen)) readings.push_back(*value);
  if (readings.empty()) return std::nullopt;
  return median(readings);
}

Conditions seen(const Context& context, const Measured& cell, const Measured& baseline) {
  Conditions seen;
  if (const auto uplink = median_reading(
          cell, [](const Conditions& c) { return c.uplink ? std::optional(c.uplink->value) : std::nullopt; }))
    seen.uplink = BitsPerSecond{*uplink};
  if (const auto rtt =
          median_reading(cell, [](const Conditions& c) { return c.rtt ? std::optional(ns(*c.rtt)) : std::nullopt; }))
    seen.rtt = rounded(*rtt);
  seen.edge_memory_free = median_reading(cell, [](const Conditions& c) { return c.edge_memory_free; });
  seen.edge_cpu_pressure = median_reading(cell, [](const Conditions& c) { return c.edge_cpu_pressure; });
  seen.edge_slowdown = slowdown(cell, baseline, &Terms::head, [](std::size_t) { return true; });
  // The tail of the edge-only plan runs on the edge: it tells nothing of the cloud.
  const auto in_cloud = [&context](std::size_t i) { return context.candidates[i].plan.cut + 1 < context.cuts; };
  seen.cloud_slowdown = slowdown(cell, baseline, &Terms::tail, in_cloud);
  return seen;
}

bool complete(const Measured& cell) {
  for (const auto& samples : cell)
    if (samples.empty()) return false;
  return true;
}

Result<std::vector<Measured>> sorted(const Context& context, std::span<const Sample> samples) {
  std::vector<Measured> cells(context.cells.size(), Measured(context.candidates.size()));
  for (const Sample& sample : samples) {
    if (auto ok = check(sample, context); !ok) return ok.error();
    cells[sample.cell][sample.candidate].push_back(&sample);
  }
  return cells;
}

}  // namespace

Result<PartitionTable> build_table(const Context& context, std::span<const Sample> samples,
                                   std::span<const std::optional<Agreement>> agreements, std::string created) {
  if (auto ok = check(context); !ok) return ok.error();
  const auto measured = sorted(context, samples);
  if (!measured) return measured.error();
  const Measured& baseline = measured->front();
  if (!complete(baseline))
    return error(ErrorKind::invalid,
                 "the first cell ({}) does not have a sample of every candidate, and all others are compared with it; "
                 "resume the campaign",
                 to_string(context.cells.front()));
  std::vector<Cell> cells;
  for (std::size_t c = 0; c < measured->size(); ++c) {
    const Measured& in_cell = (*measured)[c];
    if (!complete(in_cell)) continue;
    Cell cell{context.cells[c], seen(context, in_cell, baseline), {}};
    for (std::size_t i = 0; i < in_cell.size(); ++i) {
      cell.estimates.push_back(
          estimate(context.candidates[i], in_cell[i], context.seed + c * context.candidates.size() + i));
      cell.estimates.back().agreement = agreements[i];
    }
    cells.push_back(std::move(cell));
  }
  return PartitionTable::make({context.model, context.model_name, context.cuts, "exhaustive", std::move(created),
                               context.edge, context.cloud, context.precisions},
                              std::move(cells));
}

}  // namespace tideline
