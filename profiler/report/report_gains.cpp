// The savings of moving the cut: distribution over conditions, raw and de-noised, and means with their intervals.
#include "profiler/analysis/conclusion.h"
#include "profiler/report/html.h"
#include "profiler/report/report_parts.h"
#include "profiler/report/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace tideline::report {
namespace {

constexpr double kGainsWidth = 480, kGainsHeight = 350;
constexpr double kGainsLeft = 88, kGainsRight = 462, kGainsTop = 14, kGainsBottom = 220;
constexpr double kGainsFirstRow = 282, kGainsRowHeight = 24;

// Maps a gain to x; the axis begins below 0 if some choices lose.
class Axis {
 public:
  Axis(double least, double most) {
    up_ = ticks(100 * std::max(most, 0.05), 5);
    step_ = up_[1];
    while (100 * least < low_ - 1e-9 && low_ > -2 * step_) low_ -= step_;
  }
  double x(double gain) const {
    const double at = std::clamp(100 * gain, low_, up_.back());
    return kGainsLeft + (at - low_) / (up_.back() - low_) * (kGainsRight - kGainsLeft);
  }
  std::vector<double> marks() const {  // In percent.
    std::vector<double> all;
    for (double tick = low_; tick < -1e-9; tick += step_) all.push_back(tick);
    all.insert(all.end(), up_.begin(), up_.end());
    return all;
  }

 private:
  std::vector<double> up_;
  double step_ = 1, low_ = 0;
};

double y_of(double share) {
  return kGainsBottom - share * (kGainsBottom - kGainsTop);
}

void draw_axes(Svg& svg, const Axis& axis) {
  for (const double share : {0.0, 0.25, 0.5, 0.75, 1.0}) {
    svg.line({kGainsLeft, y_of(share)}, {kGainsRight, y_of(share)}, share == 0 ? "axis" : "grid");
    svg.text({kGainsLeft - 8, y_of(share) + 4}, fmt::format("{:.0f} %", 100 * share), "tick", Svg::Anchor::end);
  }
  for (const double mark : axis.marks()) {
    svg.line({axis.x(mark / 100), kGainsBottom}, {axis.x(mark / 100), kGainsBottom + 5}, "axis");
    svg.text({axis.x(mark / 100), kGainsBottom + 20}, tick_text(mark) + " %", "tick", Svg::Anchor::middle);
  }
  svg.text({(kGainsLeft + kGainsRight) / 2, kGainsBottom + 40}, "latency saved, at least", "label",
           Svg::Anchor::middle);
}

// The share of conditions that gain at least so much: a step down at each gain.
void draw_curve(Svg& svg, const Axis& axis, std::vector<double> gains, std::string_view style) {
  std::ranges::sort(gains);
  const double count = static_cast<double>(gains.size());
  std::string path = fmt::format("M{:.1f} {:.1f}", kGainsLeft, y_of(1));
  for (std::size_t i = 0; i < gains.size(); ++i)
    path += fmt::format("H{:.1f}V{:.1f}", axis.x(gains[i]), y_of(1 - static_cast<double>(i + 1) / count));
  svg.path(path, style);
}

struct Row {
  std::string_view words;
  std::string_view style;
  double middle;
  analysis::Interval interval;
};

void draw_row(Svg& svg, const Axis& axis, const Row& row, double y) {
  svg.text({kGainsLeft - 8, y + 4}, row.words, "label", Svg::Anchor::end);
  svg.line({kGainsLeft, y}, {kGainsRight, y}, "grid");
  svg.line({axis.x(row.interval.low), y}, {axis.x(row.interval.high), y}, fmt::format("whisker {}", row.style));
  svg.dot({axis.x(row.middle), y}, 5, fmt::format("mark {}", row.style));
  const double right = axis.x(row.interval.high) + 8;
  const bool fits = right < kGainsRight - 52;
  svg.text({fits ? right : axis.x(row.interval.low) - 8, y - 6}, analysis::percent(row.middle), "value",
           fits ? Svg::Anchor::start : Svg::Anchor::end);
}

std::string words_for(const analysis::Gains& s) {
  return fmt::format("mean {} ({} to {}), median {}, 95th percentile {}, largest {}", analysis::percent(s.mean),
                     analysis::percent(s.mean_interval.low), analysis::percent(s.mean_interval.high),
                     analysis::percent(s.median), analysis::percent(s.p95), analysis::percent(s.max));
}

std::string panel(std::string_view id, const std::string& beside, const analysis::Savings& found) {
  double least = std::ranges::min(found.denoised.each), most = found.denoised.max;
  if (found.raw) most = std::max(most, found.raw->max);
  const Axis axis(std::min(least, 0.0), most);
  const std::string raw = found.raw ? "Raw: " + words_for(*found.raw) + ". " : "";
  Svg svg({id, kGainsWidth, kGainsHeight, "Share of conditions that save at least so much beside " + beside,
           raw + "De-noised: " + words_for(found.denoised) + "."});
  draw_axes(svg, axis);
  if (found.raw) draw_curve(svg, axis, found.raw->each, "curve raw");
  draw_curve(svg, axis, found.denoised.each, "curve denoised");
  double y = kGainsFirstRow;
  const auto row = [&](const Row& one) {
    draw_row(svg, axis, one, y);
    y += kGainsRowHeight;
  };
  if (found.raw) row({"raw", "raw", found.raw->mean, found.raw->mean_interval});
  row({"de-noised", "denoised", found.denoised.mean, found.denoised.mean_interval});
  if (found.held_out) row({"held out", "heldout", found.held_out->of_total, found.held_out->of_total_interval});
  return fmt::format("<figure><figcaption>Beside <b>{}</b></figcaption>\n{}</figure>\n", escaped(beside), svg.html());
}

void add_rows(std::vector<std::vector<std::string>>& rows, std::string_view beside, const analysis::Savings& found) {
  const auto add = [&](std::string_view kind, const analysis::Gains& s) {
    rows.push_back({fmt::format("{}, {}", beside, kind), analysis::percent(s.mean),
                    fmt::format("{:.1f} to {:.1f} %", 100 * s.mean_interval.low, 100 * s.mean_interval.high),
                    analysis::percent(s.median), analysis::percent(s.p95), analysis::percent(s.max),
                    analysis::percent(s.of_total), analysis::percent(s.over_5_percent)});
  };
  if (found.raw) add("raw", *found.raw);
  add("de-noised", found.denoised);
  if (found.held_out) add("held out", *found.held_out);
}

}  // namespace

std::string gains_section(const analysis::MeasurementSet& measured, const analysis::Analysis& found) {
  const auto plan = [&](const analysis::Savings& c) { return to_string(measured.plans[c.denoised_plan]); };
  std::string html = "<div class=\"figures\">\n";
  html += panel("gain-static", plan(found.over_static) + ", the best plan that stays", found.over_static);
  html += panel("gain-unstressed", plan(found.over_unstressed) + ", the best one unstressed", found.over_unstressed);
  html += "</div>\n<p class=\"legend\">" + legend_key("raw", "raw") + legend_key("denoised", "de-noised") +
          legend_key("heldout", "held out, of the total time") + "</p>\n";
  html += "<p class=\"legend\">Below the curves: means with their 95&nbsp;% intervals.</p>\n";
  std::vector<std::vector<std::string>> rows{
      {"beside", "mean", "95 % of mean", "median", "p95", "max", "of total time", "gain over 5 %"}};
  add_rows(rows, "best static", found.over_static);
  add_rows(rows, "unstressed best", found.over_unstressed);
  return html + details("These figures as a table", table("Latency saved by moving the cut", rows));
}

}  // namespace tideline::report
