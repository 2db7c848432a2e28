// What plans lose for the bytes that they save: a figure for each way to say it, and a table.
#include "profiler/analysis/conclusion.h"
#include "profiler/report/html.h"
#include "profiler/report/loss_plot.h"
#include "profiler/report/report_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <optional>

namespace tideline::report {
namespace {

Kept kept_of(const plan::Counted& counted) {
  return {counted.share(), counted};
}

// A way to say what plans keep.
struct Measure {
  std::string id, words;
  std::function<std::optional<Kept>(const plan::Agreement&)> of;  // Absent: not measured of that plan.
  std::optional<double> whole;                                    // Of the network in fp32.
};

std::vector<LossPoint> points_of(const analysis::MeasurementSet& measured, const Measure& measure) {
  std::vector<LossPoint> points;
  for (const analysis::MeasuredPlan& plan : measured.plans)
    if (plan.agreement && plan.sent && *plan.sent > 0)
      if (const auto kept = measure.of(*plan.agreement)) points.push_back({&plan, *kept});
  return points;
}

std::vector<Measure> measures_of(const analysis::MeasurementSet& measured) {
  std::vector<Measure> all;
  all.push_back({"loss-agreement", "Answers with the same top-1 as in fp32",
                 [](const plan::Agreement& a) { return std::optional(Kept{a.top1}); }, std::nullopt});
  std::optional<plan::Accuracy> labelled;
  bool boxes = false;
  for (const analysis::MeasuredPlan& plan : measured.plans) {
    if (plan.agreement && plan.agreement->accuracy) labelled = plan.agreement->accuracy;
    boxes = boxes || (plan.agreement && plan.agreement->boxes);
  }
  if (labelled)
    all.push_back(
        {"loss-accuracy", "Right answers (top-1)",
         [](const plan::Agreement& a) { return a.accuracy ? std::optional(kept_of(*a.counted())) : std::nullopt; },
         plan::Counted{labelled->whole_top1, labelled->labelled}.share()});
  if (boxes)
    all.push_back({"loss-boxes", "Boxes of fp32's answers that are kept",
                   [](const plan::Agreement& a) { return a.boxes ? std::optional(kept_of(*a.boxes)) : std::nullopt; },
                   std::nullopt});
  return all;
}

std::string loss_table(const analysis::MeasurementSet& measured) {
  std::vector<std::vector<std::string>> rows{
      {"plan", "bytes", "top-1 as in fp32", "largest error", "right, top-1", "right, top-5", "boxes kept"}};
  for (const analysis::MeasuredPlan& plan : measured.plans) {
    if (!plan.agreement) continue;
    const plan::Agreement& a = *plan.agreement;
    const auto top5 = a.accuracy ? std::optional(plan::Counted{a.accuracy->top5, a.accuracy->labelled}) : std::nullopt;
    rows.push_back({to_string(plan), plan.sent ? fmt::format("{:.0f}", *plan.sent) : "-", analysis::percent(a.top1),
                    analysis::percent(a.max_error), a.accuracy ? to_string(*a.counted()) : "-",
                    top5 ? to_string(*top5) : "-", a.boxes ? to_string(*a.boxes) : "-"});
  }
  return details("These figures as a table", table("What plans send and lose, with 95 % intervals", rows));
}

}  // namespace

std::string loss_section(const analysis::MeasurementSet& measured) {
  std::string figures;
  const std::vector<Measure> measures = measures_of(measured);
  for (const Measure& measure : measures)
    if (const auto points = points_of(measured, measure); !points.empty())
      figures += loss_figure({measure.id, measure.words, points, measure.whole});
  if (figures.empty()) return {};
  std::string legend = legend_key("denoised", "a cut, by codec") + legend_key("heldout", "images as JPEG, at cut 0");
  if (std::ranges::any_of(measures, [](const Measure& one) { return one.whole.has_value(); }))
    legend += legend_key("fitted", "the whole network in fp32");
  return "<section>\n<h2>What fewer bytes cost in answers</h2>\n"
         "<p>Each point is a plan: what it sends, and how its answers are. Vertical lines are 95&nbsp;% "
         "intervals.</p>\n"
         "<div class=\"figures\">\n" +
         figures + "</div>\n<p class=\"legend\">" + legend + "</p>\n" + loss_table(measured) + "</section>\n";
}

}  // namespace tideline::report
