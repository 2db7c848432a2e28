#include "profiler/analysis/denoise.h"

#include "profiler/fit/mean_ratio.h"
#include "profiler/fit/statistics.h"
#include "profiler/fit/two_way.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

namespace tideline::analysis {
namespace {

constexpr std::array<std::string_view, kParts> kPartNames{"edge", "network", "cloud"};
constexpr std::uint32_t kNoItem = ~0U;

bool same(std::size_t part, const plan::Stress& a, const plan::Stress& b) {
  if (part == 0) return a.edge_cpu == b.edge_cpu && a.edge_memory == b.edge_memory;
  if (part == 1) return a.uplink == b.uplink && a.delay == b.delay;
  return a.cloud_cpu == b.cloud_cpu && a.cloud_memory == b.cloud_memory;
}

// Numbers the plans that take time in a part, from 0; kNoItem for the others.
std::vector<std::uint32_t> items_of(std::size_t part, std::size_t plans, std::span<const PartReading> readings) {
  std::vector<std::vector<double>> times(plans);
  for (const PartReading& reading : readings) times[reading.plan].push_back(reading.ms[part]);
  std::vector<std::uint32_t> items(plans, kNoItem);
  std::uint32_t next = 0;
  for (std::size_t plan = 0; plan < plans; ++plan)
    if (!times[plan].empty() && fit::median(times[plan]) > 0) items[plan] = next++;
  return items;
}

struct FittedPart {
  TimeTable times;
  TimeTable error;
  double residual_sd = 0;
  double interaction_sd = 0;
};

void predict(const fit::TwoWayFit& model, std::span<const fit::Reading> readings,
             const std::vector<std::uint32_t>& items, const std::vector<std::uint32_t>& same_to, FittedPart& fitted) {
  const auto count = static_cast<std::uint32_t>(std::ranges::max(readings, {}, &fit::Reading::item).item + 1);
  const auto conditions = std::ranges::max(same_to) + 1;
  const auto ratios = mean_ratios(model, readings, count, conditions);
  for (std::size_t c = 0; c < same_to.size(); ++c)
    for (std::size_t p = 0; p < items.size(); ++p) {
      if (items[p] == kNoItem) continue;
      const fit::MeanRatio& to_mean = ratios[std::size_t{items[p]} * conditions + same_to[c]];
      fitted.times.at(c, p) = model.predict(items[p], same_to[c]) * to_mean.ratio;
      fitted.error.at(c, p) = std::hypot(model.standard_error(items[p], same_to[c]), to_mean.standard_error);
    }
  fitted.residual_sd = model.residual_sd();
  fitted.interaction_sd = model.interaction_sd();
}

Result<FittedPart> fit(std::size_t part, const MeasurementSet& measured, const PartConditions& same_to,
                       std::span<const PartReading> readings) {
  const std::size_t plans = measured.plans.size();
  const auto items = items_of(part, plans, readings);
  std::vector<fit::Reading> pairs;
  for (const PartReading& r : readings)
    if (items[r.plan] != kNoItem && r.ms[part] > 0)
      pairs.push_back({items[r.plan], same_to.of[part][r.condition], r.ms[part]});
  FittedPart fitted{TimeTable(measured.conditions.size(), plans, 0), TimeTable(measured.conditions.size(), plans, 0)};
  if (pairs.empty()) return fitted;
  const auto count = static_cast<std::uint32_t>(plans - static_cast<std::size_t>(std::ranges::count(items, kNoItem)));
  const auto model = fit_two_way(pairs, count, same_to.count[part]);
  if (!model) return model.error();
  predict(*model, pairs, items, same_to.of[part], fitted);
  return fitted;
}

}  // namespace

std::vector<PartReading> part_readings(const MeasurementSet& measured) {
  std::vector<PartReading> readings;
  readings.reserve(measured.timings.size());
  for (const auto& [condition, plan, t] : measured.timings) {
    const bool alone = measured.plans[plan].cut == measured.edge_only;
    const double edge = milliseconds(t.head + t.encode), cloud = milliseconds(t.queue + t.tail);
    readings.push_back({condition, plan, {edge + (alone ? cloud : 0), milliseconds(t.network), alone ? 0 : cloud}});
  }
  return readings;
}

PartConditions part_conditions(std::span<const plan::Stress> conditions) {
  PartConditions found;
  for (std::size_t part = 0; part < kParts; ++part) {
    std::vector<const plan::Stress*> seen;
    for (const plan::Stress& stress : conditions) {
      const auto at = std::ranges::find_if(seen, [&](const plan::Stress* one) { return same(part, *one, stress); });
      found.of[part].push_back(static_cast<std::uint32_t>(at - seen.begin()));
      if (at == seen.end()) seen.push_back(&stress);
    }
    found.count[part] = static_cast<std::uint32_t>(seen.size());
  }
  return found;
}

Result<Denoised> denoise(const MeasurementSet& measured, std::span<const PartReading> readings) {
  const PartConditions same_to = part_conditions(measured.conditions);
  const std::size_t conditions = measured.conditions.size(), plans = measured.plans.size();
  Denoised all{.total = TimeTable(conditions, plans)};
  for (std::size_t part = 0; part < kParts; ++part) {
    auto fitted = fit(part, measured, same_to, readings);
    if (!fitted) return fitted.error().within(kPartNames[part]);
    all.parts[part] = std::move(fitted->times);
    all.error[part] = std::move(fitted->error);
    all.residual_sd[part] = fitted->residual_sd;
    all.interaction_sd[part] = fitted->interaction_sd;
  }
  for (std::size_t c = 0; c < conditions; ++c)
    for (std::size_t p = 0; p < plans; ++p)
      all.total.at(c, p) = all.parts[0].at(c, p) + all.parts[1].at(c, p) + all.parts[2].at(c, p);
  return all;
}

}  // namespace tideline::analysis
