// Latency by cut, stacked into its terms, under a few informative conditions.
#include "profiler/analysis/axes.h"
#include "profiler/analysis/conclusion.h"
#include "profiler/report/html.h"
#include "profiler/report/report_parts.h"
#include "profiler/report/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace tideline::report {
namespace {

constexpr double kStacksWidth = 480, kStacksHeight = 280;
constexpr double kStacksLeft = 52, kStacksRight = 474, kStacksTop = 22, kStacksBottom = 236;
constexpr std::size_t kFigures = 6;
constexpr double kStacksTickRoom = 22;  // Width of a cut's number.

// Returns the condition with the worst levels on `axes` and the best ones on the others; the first one if there is
// none.
std::size_t with_worst(const analysis::MeasurementSet& measured, const std::vector<std::size_t>& axes) {
  std::array<analysis::Levels, analysis::kAxes> levels;
  for (std::size_t axis = 0; axis < analysis::kAxes; ++axis)
    levels[axis] = analysis::levels_of(measured.conditions, axis);
  for (std::size_t c = 0; c < measured.conditions.size(); ++c) {
    bool fits = true;
    for (std::size_t axis = 0; axis < analysis::kAxes; ++axis) {
      const bool worst = std::ranges::find(axes, axis) != axes.end();
      fits = fits && levels[axis].of[c] == (worst ? levels[axis].names.size() - 1 : 0);
    }
    if (fits) return c;
  }
  return 0;
}

// The first condition, one with each axis at its worst, and one with all at their worst.
std::vector<std::size_t> chosen_conditions(const analysis::MeasurementSet& measured) {
  std::vector<std::size_t> chosen{0};
  const auto add = [&](const std::vector<std::size_t>& axes) {
    const std::size_t c = with_worst(measured, axes);
    if (std::ranges::find(chosen, c) == chosen.end()) chosen.push_back(c);
  };
  for (const std::size_t axis : {analysis::kUplink, analysis::kEdgeCpu, analysis::kCloudCpu, analysis::kDelay,
                                 analysis::kEdgeMemory, analysis::kCloudMemory})
    add({axis});
  if (chosen.size() >= kFigures) chosen.resize(kFigures - 1);
  add({analysis::kUplink, analysis::kDelay, analysis::kEdgeCpu, analysis::kEdgeMemory, analysis::kCloudCpu,
       analysis::kCloudMemory});
  return chosen;
}

struct Stack {
  const analysis::MeasurementSet& measured;
  const analysis::Analysis& found;
  const std::vector<TermName>& names;
  const std::vector<double>& terms;
  std::size_t condition;

  double term(std::size_t plan, std::size_t i) const {
    return terms[(condition * measured.plans.size() + plan) * names.size() + i];
  }
};

void draw_frame(Svg& svg, const Stack& stack, const std::vector<double>& marks) {
  for (const double mark : marks) {
    const double y = kStacksBottom - mark / marks.back() * (kStacksBottom - kStacksTop);
    svg.line({kStacksLeft, y}, {kStacksRight, y}, mark == 0 ? "axis" : "grid");
    svg.text({kStacksLeft - 6, y + 4}, tick_text(mark), "tick", Svg::Anchor::end);
  }
  svg.text({kStacksLeft - 6, kStacksTop - 10}, "ms", "tick", Svg::Anchor::end);
  const std::size_t plans = stack.measured.plans.size();
  const double slot = (kStacksRight - kStacksLeft) / static_cast<double>(plans);
  const auto every = static_cast<std::size_t>(std::max(1.0, std::ceil(kStacksTickRoom / slot)));
  for (std::size_t plan = 0; plan < plans; plan += every)
    svg.text({kStacksLeft + slot * (static_cast<double>(plan) + 0.5), kStacksBottom + 17},
             fmt::format("{}", stack.measured.plans[plan].cut), "tick", Svg::Anchor::middle);
  svg.text({(kStacksLeft + kStacksRight) / 2, kStacksBottom + 36}, "cut", "label", Svg::Anchor::middle);
}

void draw_bar(Svg& svg, const Stack& stack, std::size_t plan, double most) {
  const double slot = (kStacksRight - kStacksLeft) / static_cast<double>(stack.measured.plans.size());
  const double x = kStacksLeft + slot * static_cast<double>(plan), gap = std::min(3.0, slot * 0.2);
  double y = kStacksBottom;
  for (std::size_t i = 0; i < stack.names.size(); ++i) {
    const double height = stack.term(plan, i) / most * (kStacksBottom - kStacksTop);
    if (std::isnan(height) || height < 0.05) continue;
    y -= height;
    const std::string words = fmt::format("{}, {}: {:.2f} ms", to_string(stack.measured.plans[plan]),
                                          stack.names[i].words, stack.term(plan, i));
    svg.rect({x + gap / 2, y, slot - gap, height}, stack.names[i].style, words);
  }
  const double fitted =
      kStacksBottom - stack.found.denoised.total.at(stack.condition, plan) / most * (kStacksBottom - kStacksTop);
  svg.line({x, fitted}, {x + slot, fitted}, "fitted");
  if (stack.found.best[stack.condition].plan == plan)
    svg.path(fmt::format("M{:.1f} {:.1f}l5 -8h-10z", x + slot / 2, std::min(y, fitted) - 4), "best");
}

std::string figure(const Stack& stack) {
  const std::size_t c = stack.condition;
  double most = 0;
  for (std::size_t plan = 0; plan < stack.measured.plans.size(); ++plan) {
    most = std::max(most, stack.found.denoised.total.at(c, plan));
    if (stack.found.raw.has(c, plan)) most = std::max(most, stack.found.raw.at(c, plan));
  }
  const analysis::BestPlan& best = stack.found.best[c];
  const std::string words = to_string(stack.measured.conditions[c]);
  const std::string result =
      fmt::format("{} is best: {:.1f} ms, confidence {}", to_string(stack.measured.plans[best.plan]),
                  stack.found.denoised.total.at(c, best.plan), analysis::percent(best.confidence));
  Svg svg({fmt::format("stack-{}", c), kStacksWidth, kStacksHeight, "Latency by cut: " + words, result + "."});
  const auto marks = ticks(most * 1.06, 4);
  draw_frame(svg, stack, marks);
  for (std::size_t plan = 0; plan < stack.measured.plans.size(); ++plan) draw_bar(svg, stack, plan, marks.back());
  return fmt::format("<figure><figcaption><b>{}</b><br>{}</figcaption>\n{}</figure>\n", escaped(words), escaped(result),
                     svg.html());
}

std::string legend(const std::vector<TermName>& names) {
  std::string html = "<p class=\"legend\">";
  for (const TermName& name : names) html += legend_key(name.style, name.words);
  return html + legend_key("fitted", "total, de-noised") + legend_key("best", "best plan") + "</p>\n";
}

std::string selector(const analysis::MeasurementSet& measured) {
  std::string html =
      "<form class=\"choose\" id=\"choose\" hidden><label for=\"condition\">Any other condition</label> "
      "<select id=\"condition\">\n";
  for (std::size_t c = 0; c < measured.conditions.size(); ++c)
    html += fmt::format("<option value=\"{}\">{}</option>\n", c, escaped(to_string(measured.conditions[c])));
  return html + "</select><div id=\"chosen\" aria-live=\"polite\"></div></form>\n";
}

std::string as_table(const std::vector<std::size_t>& chosen, const Stack& any) {
  std::vector<std::vector<std::string>> rows{{"plan"}};
  for (const std::size_t c : chosen) rows[0].push_back(to_string(any.measured.conditions[c]));
  for (std::size_t plan = 0; plan < any.measured.plans.size(); ++plan) {
    rows.push_back({to_string(any.measured.plans[plan])});
    for (const std::size_t c : chosen) {
      std::string cell;
      for (std::size_t i = 0; i < any.names.size(); ++i) {
        const double ms = Stack{any.measured, any.found, any.names, any.terms, c}.term(plan, i);
        cell += std::isnan(ms) ? (i == 0 ? "-" : "") : fmt::format("{}{:.1f}", i == 0 ? "" : " + ", ms);
      }
      rows.back().push_back(cell);
    }
  }
  std::string sum;
  for (const TermName& name : any.names) sum += fmt::format("{}{}", sum.empty() ? "" : " + ", name.words);
  return details("These figures as a table", table("Latency in ms: " + sum, rows));
}

}  // namespace

std::vector<TermName> term_names(const analysis::MeasurementSet& measured) {
  if (!measured.every_term)
    return {{"edge", "head", &table::Terms::head},
            {"network", "network", &table::Terms::network},
            {"cloud", "tail", &table::Terms::tail}};
  return {{"head", "head", &table::Terms::head},
          {"encode", "encode", &table::Terms::encode},
          {"network", "network", &table::Terms::network},
          {"queue", "queue", &table::Terms::queue},
          {"tail", "tail", &table::Terms::tail}};
}

std::vector<double> mean_terms(const analysis::MeasurementSet& measured) {
  const auto names = term_names(measured);
  const std::size_t plans = measured.plans.size();
  std::vector<double> sums(measured.conditions.size() * plans * names.size());
  std::vector<double> counts(measured.conditions.size() * plans);
  for (const analysis::TimedPlan& timing : measured.timings) {
    const std::size_t pair = timing.condition * plans + timing.plan;
    ++counts[pair];
    for (std::size_t i = 0; i < names.size(); ++i)
      sums[pair * names.size() + i] += milliseconds(timing.terms.*names[i].term);
  }
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const double count = counts[i / names.size()];
    sums[i] = count > 0 ? sums[i] / count : std::numeric_limits<double>::quiet_NaN();
  }
  return sums;
}

std::string stacks_section(const analysis::MeasurementSet& measured, const analysis::Analysis& found) {
  const auto names = term_names(measured);
  const auto terms = mean_terms(measured);
  const auto chosen = chosen_conditions(measured);
  std::string html = legend(names) + "<div class=\"figures\">\n";
  for (const std::size_t c : chosen) html += figure({measured, found, names, terms, c});
  return html + "</div>\n" + selector(measured) + as_table(chosen, {measured, found, names, terms, 0});
}

}  // namespace tideline::report
