// The variance that each condition causes, and the noise of the measurements.
#include "profiler/analysis/conclusion.h"
#include "profiler/report/html.h"
#include "profiler/report/report_parts.h"
#include "profiler/report/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace tideline::report {
namespace {

constexpr double kCausesWidth = 480, kCausesLeft = 108, kCausesRight = 424;

std::string chart(const analysis::Variance& variance) {
  double most = 0.01;
  std::string words;
  for (const analysis::Factor& factor : variance.factors) {
    most = std::max({most, factor.alone, factor.with_plan});
    words += fmt::format("{}: {} alike, {} by plan. ", factor.name, analysis::percent(factor.alone),
                         analysis::percent(factor.with_plan));
  }
  constexpr double kRow = 46, kTop = 8;
  const double bottom = kTop + kRow * static_cast<double>(variance.factors.size());
  Svg svg({"causes", kCausesWidth, bottom + 46, "Variance of log latency that each condition explains", words});
  const auto marks = ticks(100 * most, 5);
  const auto x = [&](double share) { return kCausesLeft + 100 * share / marks.back() * (kCausesRight - kCausesLeft); };
  for (const double mark : marks) {
    svg.line({x(mark / 100), kTop}, {x(mark / 100), bottom}, mark == 0 ? "axis" : "grid");
    svg.text({x(mark / 100), bottom + 18}, tick_text(mark) + " %", "tick", Svg::Anchor::middle);
  }
  svg.text({(kCausesLeft + kCausesRight) / 2, bottom + 38}, "share of the variance", "label", Svg::Anchor::middle);
  double y = kTop;
  for (const analysis::Factor& factor : variance.factors) {
    svg.text({kCausesLeft - 8, y + 26}, factor.name, "label", Svg::Anchor::end);
    svg.rect({kCausesLeft, y + 5, x(factor.alone) - kCausesLeft, 16}, "alone");
    svg.text({x(factor.alone) + 6, y + 17}, analysis::percent(factor.alone), "value");
    svg.rect({kCausesLeft, y + 24, x(factor.with_plan) - kCausesLeft, 16}, "withplan");
    svg.text({x(factor.with_plan) + 6, y + 36}, analysis::percent(factor.with_plan), "value");
    y += kRow;
  }
  return svg.html();
}

// A histogram of residuals as ratios from 1/4 to 4, in equal steps of the logarithm.
std::string histogram(const analysis::NoiseFloor& noise) {
  constexpr std::size_t kBins = 49;
  constexpr double kTop = 12, kBottom = 206, kHeight = 262, kFrom = 48, kTo = 468;
  std::array<double, kBins> bins{};
  for (const double residual : noise.residuals) {
    const double at = (std::log2(std::max(1 + residual, 1e-6)) + 2) / 4;
    bins[static_cast<std::size_t>(std::clamp(at, 0.0, 0.99999) * kBins)] += 1;
  }
  const double all = static_cast<double>(noise.residuals.size());
  const auto marks = ticks(100 * std::ranges::max(bins) / all, 4);
  Svg svg({"residuals", kCausesWidth, kHeight, "Measured latency over the fit",
           fmt::format("Half of all measurements are within {} of the fit, 95 of 100 within {}.",
                       analysis::percent(noise.median), analysis::percent(noise.p95))});
  for (const double mark : marks) {
    const double y = kBottom - mark / marks.back() * (kBottom - kTop);
    svg.line({kFrom, y}, {kTo, y}, mark == 0 ? "axis" : "grid");
    svg.text({kFrom - 6, y + 4}, tick_text(mark) + " %", "tick", Svg::Anchor::end);
  }
  const double slot = (kTo - kFrom) / kBins;
  for (std::size_t i = 0; i < kBins; ++i) {
    const double height = 100 * bins[i] / all / marks.back() * (kBottom - kTop);
    if (height > 0)
      svg.rect({kFrom + slot * static_cast<double>(i) + 0.5, kBottom - height, slot - 1, height}, "residual");
  }
  constexpr std::array<std::string_view, 5> kWords{"1/4 or less", "half", "as fitted", "twice", "4x or more"};
  for (std::size_t i = 0; i < kWords.size(); ++i) {
    const double x = kFrom + (kTo - kFrom) * static_cast<double>(i) / 4;
    svg.line({x, kBottom}, {x, kBottom + 5}, "axis");
    svg.text({x, kBottom + 20}, kWords[i], "tick",
             i == 0   ? Svg::Anchor::start
             : i == 4 ? Svg::Anchor::end
                      : Svg::Anchor::middle);
  }
  svg.text({(kFrom + kTo) / 2, kBottom + 42}, "measured, beside the fit", "label", Svg::Anchor::middle);
  return svg.html();
}

// The error of measurements from median to 95th percentile, at every level of every axis.
std::string by_level(const analysis::NoiseFloor& noise) {
  constexpr double kTop = 8, kRow = 22, kFrom = 150, kTo = 462;
  double most = 0.01;
  for (const analysis::LevelNoise& level : noise.by_level) most = std::max(most, level.p95);
  const auto marks = ticks(100 * most, 5);
  const double bottom = kTop + kRow * static_cast<double>(noise.by_level.size());
  Svg svg({"levels", kCausesWidth, bottom + 46, "Distance of measurements from the fit, by condition",
           "From the median to the 95th percentile; the table below has the figures."});
  const auto x = [&](double share) { return kFrom + 100 * share / marks.back() * (kTo - kFrom); };
  for (const double mark : marks) {
    svg.line({x(mark / 100), kTop}, {x(mark / 100), bottom}, mark == 0 ? "axis" : "grid");
    svg.text({x(mark / 100), bottom + 18}, tick_text(mark) + " %", "tick", Svg::Anchor::middle);
  }
  svg.text({(kFrom + kTo) / 2, bottom + 38}, "off the fit: median to 95th percentile", "label", Svg::Anchor::middle);
  double y = kTop + kRow / 2;
  for (const analysis::LevelNoise& level : noise.by_level) {
    svg.text({kFrom - 8, y + 4}, fmt::format("{} {}", level.axis, level.level), "label", Svg::Anchor::end);
    svg.line({x(level.median), y}, {x(level.p95), y}, "whisker denoised");
    svg.dot({x(level.median), y}, 5, "mark denoised");
    y += kRow;
  }
  return svg.html();
}

}  // namespace

std::string variance_section(const analysis::Analysis& found) {
  const analysis::Variance& variance = found.variance;
  if (variance.factors.empty()) return "<p>No condition varied.</p>\n";
  std::vector<std::vector<std::string>> rows{{"condition", "slows all plans alike", "makes another plan the best"}};
  for (const analysis::Factor& factor : variance.factors)
    rows.push_back({std::string(factor.name), analysis::percent(factor.alone), analysis::percent(factor.with_plan)});
  rows.push_back({"the plan itself", analysis::percent(variance.plan), ""});
  rows.push_back({"noise, and conditions together", analysis::percent(variance.rest), ""});
  return fmt::format(
             "<p>Only an effect that favours some plans can make another cut the best. The plan itself explains {} of "
             "the variance; noise and combined effects of conditions explain {}.</p>\n",
             analysis::percent(variance.plan), analysis::percent(variance.rest)) +
         "<figure class=\"single\">" + chart(variance) + "</figure>\n<p class=\"legend\">" +
         legend_key("alone", "slows all plans alike") + legend_key("withplan", "favours some plans") + "</p>\n" +
         details("These figures as a table", table("Variance of log latency explained", rows));
}

std::string noise_section(const analysis::Analysis& found) {
  const analysis::NoiseFloor& noise = found.noise;
  std::vector<std::vector<std::string>> rows{{"condition", "median", "95th percentile"}};
  for (const analysis::LevelNoise& level : noise.by_level)
    rows.push_back(
        {fmt::format("{} {}", level.axis, level.level), analysis::percent(level.median), analysis::percent(level.p95)});
  std::string html = fmt::format(
      "<p>Half of all measurements are within {} of the fit, 95 of 100 within {}.{}{} Such errors "
      "alone would add {} to the raw mean gain.</p>\n<div class=\"figures\">\n",
      analysis::percent(noise.median), analysis::percent(noise.p95),
      noise.repetition ? " Repetitions scatter by " + analysis::percent(*noise.repetition) + "." : "",
      noise.outliers > 0 ? fmt::format(" Outliers, more than {:g} times as long or as short as the fit: {}.",
                                       analysis::kOutlier, noise.outliers)
                         : "",
      analysis::percent(noise.gain_from_noise));
  html += "<figure><figcaption>How far from the fit</figcaption>\n" + histogram(noise) + "</figure>\n";
  if (!noise.by_level.empty())
    html += "<figure><figcaption>Under which conditions</figcaption>\n" + by_level(noise) + "</figure>\n";
  html += "</div>\n";
  if (noise.by_level.empty()) return html;
  return html + details("These figures as a table", table("Distance of measurements from the fit", rows));
}

}  // namespace tideline::report
