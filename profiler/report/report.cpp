#include "profiler/report/report.h"

#include "profiler/analysis/conclusion.h"
#include "profiler/report/html.h"
#include "profiler/report/report_files.h"
#include "profiler/report/report_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace tideline::report {
namespace {

std::string remarks(const analysis::MeasurementSet& measured) {
  std::string html;
  for (const std::string& remark : measured.remarks) html += fmt::format("<li>{}</li>", escaped(remark));
  return html.empty() ? "" : fmt::format("<ul class=\"remarks\">{}</ul>", html);
}

std::string tile(std::string_view number, std::string_view what, std::string_view more) {
  return fmt::format(
      "<div class=\"tile\"><p class=\"number\">{}</p><p class=\"what\">{}</p><p class=\"more\">{}</p></div>\n",
      escaped(number), escaped(what), escaped(more));
}

double mean_confidence(const analysis::Analysis& found) {
  double sum = 0;
  for (const analysis::BestPlan& best : found.best) sum += best.confidence;
  return sum / static_cast<double>(found.best.size());
}

std::string requests(double count) {
  return count == 1 ? "1 request" : fmt::format("{:.0f} requests", count);
}

}  // namespace

std::string key_figures(const analysis::MeasurementSet& measured, const analysis::Analysis& found) {
  const analysis::Gains& gain = found.over_static.denoised;
  std::string html = tile(analysis::percent(gain.mean), "saved by moving the cut",
                          fmt::format("de-noised mean beside {}, the best plan that stays",
                                      to_string(measured.plans[found.over_static.denoised_plan])));
  if (found.over_static.raw)
    html += tile(analysis::percent(found.over_static.raw->mean), "promised by raw figures",
                 fmt::format("residuals as large as these promise {}", analysis::percent(found.noise.gain_from_noise)));
  html += tile(analysis::percent(gain.over_5_percent), "of conditions gain more than 5 %",
               fmt::format("beside the unstressed best plan: {}",
                           analysis::percent(found.over_unstressed.denoised.over_5_percent)));
  html += tile(analysis::percent(mean_confidence(found)), "mean confidence in the best plan",
               "equally good plans share it");
  return html;
}

std::string break_even_section(const analysis::Analysis& found) {
  if (found.break_even.empty()) return "<p>No condition has a faster plan than the unstressed best one.</p>\n";
  std::vector<std::vector<std::string>> rows{
      {"a swap that costs", "is paid back after (median condition)", "in 95 of 100 conditions after"}};
  for (const analysis::BreakEven& swap : found.break_even)
    rows.push_back({to_string(swap.cost), requests(swap.median), requests(swap.p95)});
  return fmt::format(
             "<p>Under {} of conditions, another plan is faster than the unstressed best plan. There, the time saved "
             "by later requests pays back the cost of a swap.</p>\n",
             analysis::percent(found.moves_pay)) +
         table("Requests until a swap is paid back", rows);
}

std::string report_html(const analysis::MeasurementSet& measured, const analysis::Analysis& found) {
  const std::vector<std::pair<std::string_view, std::string>> values{
      {"style", std::string(kReportStyle)},
      {"script", std::string(kReportScript)},
      {"model", escaped(measured.model)},
      {"conclusion", escaped(conclusion(measured, found))},
      {"caution", escaped(caution(found))},
      {"plans", fmt::format("{}", measured.plans.size())},
      {"conditions", fmt::format("{}", measured.conditions.size())},
      {"measurements", fmt::format("{}", measured.timings.size())},
      {"remarks", remarks(measured)},
      {"figures", key_figures(measured, found)},
      {"gains", gains_section(measured, found)},
      {"map", map_section(measured, found)},
      {"stacks", stacks_section(measured, found)},
      {"loss", loss_section(measured)},
      {"causes", variance_section(found)},
      {"noise", noise_section(found)},
      {"swaps", break_even_section(found)},
      {"data", report_data(measured, found)},
  };
  return filled(kReportPage, values);
}

}  // namespace tideline::report
