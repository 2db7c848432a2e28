#include "runtime/app/print/analysis_csv.h"

#include "profiler/analysis/axes.h"

#include <fmt/format.h>

#include <cmath>

namespace tideline::print {
namespace {

std::string number(double value) {
  return std::isnan(value) ? "" : fmt::format("{:.6g}", value);
}

std::string line(const analysis::MeasurementSet& measured, const analysis::Analysis& found, std::size_t c,
                 bool with_delay) {
  const plan::Stress& s = measured.conditions[c];
  const analysis::BestPlan& best = found.best[c];
  const analysis::TimeTable &fit = found.denoised.total, &raw = found.raw;
  const auto gain = [c](const analysis::TimeTable& times, std::uint32_t chosen, std::uint32_t stays) {
    return number(1 - times.at(c, chosen) / times.at(c, stays));
  };
  const std::string delay = with_delay ? fmt::format(",{}", s.delay.value_or(Duration{}).count()) : "";
  const analysis::MeasuredPlan &plan = measured.plans[best.plan], &as_measured = measured.plans[best.raw];
  return fmt::format("{},{},{},{},{}{},{},{},{:.4f},{},{},{},{},{},{},{}\r\n", s.uplink ? number(s.uplink->value) : "",
                     s.edge_cpu, s.edge_memory, s.cloud_cpu, s.cloud_memory, delay, plan.cut, name(plan.codec),
                     best.confidence, number(fit.at(c, best.plan)), as_measured.cut, name(as_measured.codec),
                     number(raw.at(c, best.raw)), gain(fit, best.plan, found.over_unstressed.denoised_plan),
                     gain(fit, best.plan, found.over_static.denoised_plan),
                     gain(raw, best.raw, found.over_static.raw_plan));
}

}  // namespace

std::string analysis_csv(const analysis::MeasurementSet& measured, const analysis::Analysis& found) {
  // The column of delays exists only if the campaign had delays, so that other files keep their form.
  const bool delays = analysis::varies(measured.conditions, analysis::kDelay);
  std::string text = fmt::format(
      "uplink_bps,edge_cpu,edge_memory,cloud_cpu,cloud_memory{},best_cut,best_codec,confidence,best_ms,raw_best_cut,"
      "raw_best_codec,raw_best_ms,gain_over_unstressed,gain_over_best_static,raw_gain_over_best_static\r\n",
      delays ? ",delay_ns" : "");
  for (std::size_t c = 0; c < found.best.size(); ++c) text += line(measured, found, c, delays);
  return text;
}

}  // namespace tideline::print
