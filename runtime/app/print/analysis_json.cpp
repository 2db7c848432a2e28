#include "runtime/app/print/analysis_json.h"

#include "policy/table/json_values.h"
#include "runtime/app/print/accuracy_print.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <set>
#include <utility>

namespace tideline::print {
namespace {

using Json = nlohmann::ordered_json;

// Four decimals: more would be noise.
double rounded(double value) {
  return std::round(value * 1e4) / 1e4;
}

double in_percent(double share) {
  return std::round(share * 1e4) / 1e2;
}

Json interval_json(const analysis::Interval& interval) {
  return {in_percent(interval.low), in_percent(interval.high)};
}

Json spread_json(const analysis::Gains& spread) {
  return {{"mean", in_percent(spread.mean)},
          {"median", in_percent(spread.median)},
          {"p95", in_percent(spread.p95)},
          {"max", in_percent(spread.max)},
          {"mean_interval", interval_json(spread.mean_interval)},
          {"of_total", in_percent(spread.of_total)},
          {"of_total_interval", interval_json(spread.of_total_interval)},
          {"share_over_5_percent", rounded(spread.over_5_percent)}};
}

Json plan_json(const analysis::MeasuredPlan& plan) {
  Json json{{"cut", plan.cut}, {"codec", name(plan.codec)}};
  if (!plan.cut_name.empty()) json["name"] = plan.cut_name;
  return json;
}

Json comparison_json(const analysis::MeasurementSet& measured, const analysis::Savings& found) {
  return {{"raw", found.raw ? spread_json(*found.raw) : Json()},
          {"denoised", spread_json(found.denoised)},
          {"held_out", found.held_out ? spread_json(*found.held_out) : Json()},
          {"beside",
           {{"raw", plan_json(measured.plans[found.raw_plan])},
            {"denoised", plan_json(measured.plans[found.denoised_plan])}}}};
}

Json best_json(const analysis::MeasurementSet& measured, const analysis::Analysis& found) {
  Json list = Json::array();
  for (std::size_t c = 0; c < found.best.size(); ++c) {
    const analysis::BestPlan& best = found.best[c];
    const analysis::MeasuredPlan& plan = measured.plans[best.plan];
    list.push_back({{"condition", table::json_of(measured.conditions[c])},
                    {"cut", plan.cut},
                    {"codec", name(plan.codec)},
                    {"confidence", rounded(best.confidence)},
                    {"ms", rounded(found.denoised.total.at(c, best.plan))},
                    {"raw", plan_json(measured.plans[best.raw])}});
  }
  return list;
}

// What plans send, and how many of their answers are right or which boxes they keep; of those that were measured.
Json accuracies_json(const analysis::MeasurementSet& measured) {
  Json list = Json::array();
  for (const analysis::MeasuredPlan& plan : measured.plans) {
    if (!plan.agreement || !plan.agreement->counted()) continue;
    Json one = plan_json(plan);
    one["sent_bytes"] = plan.sent ? Json(rounded(*plan.sent)) : Json();
    one.update(accuracy_json(*plan.agreement));
    list.push_back(std::move(one));
  }
  return list;
}

Json variance_json(const analysis::Variance& variance) {
  Json json{{"plan", rounded(variance.plan)}, {"conditions", Json::array()}, {"rest", rounded(variance.rest)}};
  for (const analysis::Factor& factor : variance.factors)
    json["conditions"].push_back(
        {{"name", factor.name}, {"alone", rounded(factor.alone)}, {"with_plan", rounded(factor.with_plan)}});
  return json;
}

Json break_even_json(const analysis::Analysis& found) {
  Json json{{"share_of_conditions", rounded(found.moves_pay)}, {"swaps", Json::array()}};
  for (const analysis::BreakEven& swap : found.break_even)
    json["swaps"].push_back({{"cost_ms", milliseconds(swap.cost)},
                             {"median_requests", rounded(swap.median)},
                             {"p95_requests", rounded(swap.p95)}});
  return json;
}

Json noise_json(const analysis::NoiseFloor& noise) {
  Json json{{"repetition_sd", noise.repetition ? Json(rounded(*noise.repetition)) : Json()},
            {"residual_median", rounded(noise.median)},
            {"residual_p95", rounded(noise.p95)},
            {"outliers", noise.outliers},
            {"gain_from_noise_percent", in_percent(noise.gain_from_noise)},
            {"by_level", Json::array()}};
  for (const analysis::LevelNoise& level : noise.by_level)
    json["by_level"].push_back(
        {{"axis", level.axis}, {"level", level.level}, {"median", rounded(level.median)}, {"p95", rounded(level.p95)}});
  return json;
}

}  // namespace

std::string analysis_json(const analysis::MeasurementSet& measured, const analysis::Analysis& found) {
  std::set<std::uint32_t> cuts;
  for (const analysis::MeasuredPlan& plan : measured.plans) cuts.insert(plan.cut);
  const Json json{{"model", measured.model},
                  {"conditions", measured.conditions.size()},
                  {"cuts", cuts.size()},
                  {"plans", measured.plans.size()},
                  {"measurements", measured.timings.size()},
                  {"remarks", measured.remarks},
                  {"accuracy", accuracies_json(measured)},
                  {"best", best_json(measured, found)},
                  {"repartition",
                   {{"differs_from_unstressed",
                     {{"raw", rounded(found.differs_raw)}, {"denoised", rounded(found.differs_denoised)}}},
                    {"gain_over_unstressed_percent", comparison_json(measured, found.over_unstressed)},
                    {"gain_over_best_static_percent", comparison_json(measured, found.over_static)}}},
                  {"variance_explained", variance_json(found.variance)},
                  {"break_even", break_even_json(found)},
                  {"noise_floor", noise_json(found.noise)}};
  return table::text_of(json, 2) + "\n";
}

}  // namespace tideline::print
