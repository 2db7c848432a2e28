#include "profiler/fit/by_cell.h"

#include "profiler/fit/anchors.h"
#include "profiler/fit/statistics.h"
#include "profiler/journal/campaign_checks.h"

#include <optional>

namespace tideline::fit {
namespace {

// Returns the median slowdown of `term` relative to the baseline, over the candidates that `counts` selects.
template <typename Counts>
std::optional<double> slowdown(const Measured& cell, const Measured& baseline, Duration table::Terms::* term,
                               Counts counts) {
  const auto time = [term](const journal::Sample& s) { return ns(s.terms.*term); };
  std::vector<double> ratios;
  for (std::size_t i = 0; i < cell.size(); ++i) {
    if (!counts(i) || cell[i].empty() || baseline[i].empty()) continue;
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
    for (const journal::Sample* sample : samples)
      if (const std::optional<double> value = reading(sample->seen)) readings.push_back(*value);
  if (readings.empty()) return std::nullopt;
  return median(readings);
}

}  // namespace

Result<std::vector<Measured>> by_cell(const journal::Context& context, std::span<const journal::Sample> samples) {
  std::vector<Measured> cells(context.cells.size(), Measured(context.candidates.size()));
  for (const journal::Sample& sample : samples) {
    if (auto ok = check(sample, context); !ok) return ok.error();
    cells[sample.cell][sample.candidate].push_back(&sample);
  }
  return cells;
}

plan::Conditions seen(const journal::Context& context, const Measured& cell, const Measured& baseline) {
  plan::Conditions seen;
  if (const auto uplink = median_reading(
          cell, [](const plan::Conditions& c) { return c.uplink ? std::optional(c.uplink->value) : std::nullopt; }))
    seen.uplink = BitsPerSecond{*uplink};
  if (const auto rtt = median_reading(
          cell, [](const plan::Conditions& c) { return c.rtt ? std::optional(ns(*c.rtt)) : std::nullopt; }))
    seen.rtt = rounded(*rtt);
  seen.edge_memory_free = median_reading(cell, [](const plan::Conditions& c) { return c.edge_memory_free; });
  seen.edge_cpu_pressure = median_reading(cell, [](const plan::Conditions& c) { return c.edge_cpu_pressure; });
  seen.edge_slowdown = slowdown(cell, baseline, &table::Terms::head, [](std::size_t) { return true; });
  // The tail of the edge-only plan runs on the edge, so it shows nothing of the cloud.
  const auto in_cloud = [&context](std::size_t i) { return context.candidates[i].plan.cut + 1 < context.cuts; };
  seen.cloud_slowdown = slowdown(cell, baseline, &table::Terms::tail, in_cloud);
  return seen;
}

std::vector<table::LeftOut> left_out(const journal::Measurements& measured) {
  std::vector<bool> taken(measured.context.cells.size());
  for (const journal::Sample& sample : measured.samples) taken[sample.cell] = true;
  std::vector<table::LeftOut> cells;
  for (std::size_t i = 0; i < taken.size(); ++i)
    if (measured.unreached[i] && !taken[i]) cells.push_back({measured.context.cells[i], *measured.unreached[i]});
  return cells;
}

table::Quality quality_of(const journal::Measurements& measured) {
  table::Quality quality;
  quality.noise_floor = noise_floor(measured.anchors);
  quality.drift = drift_of(measured.anchors);
  quality.left_out = left_out(measured);
  return quality;
}

}  // namespace tideline::fit
