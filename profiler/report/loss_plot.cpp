#include "profiler/report/loss_plot.h"

#include "profiler/analysis/conclusion.h"
#include "profiler/report/html.h"
#include "profiler/report/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

namespace tideline::report {
namespace {

constexpr double kLossWidth = 480, kLossHeight = 350;
constexpr double kLossLeft = 58, kLossRight = 446, kLossTop = 18, kLossBottom = 290;
constexpr std::size_t kMostMarks = 7;
constexpr double kRoomBelow = 0.02;  // For the name of the lowest point.

// Bytes from left to right by their logarithm, shares from the bottom to the top.
class LossAxes {
 public:
  LossAxes(std::span<const LossPoint> points, std::optional<double> whole) {
    double least = 1;
    low_ = high_ = std::log10(*points.front().plan->sent);
    for (const LossPoint& point : points) {
      low_ = std::min(low_, std::log10(*point.plan->sent));
      high_ = std::max(high_, std::log10(*point.plan->sent));
      least = std::min(least, point.kept.lowest());
    }
    if (whole) least = std::min(least, *whole);
    low_ -= 0.05;
    high_ += 0.05;
    bottom_ = std::clamp(std::floor(10 * (least - kRoomBelow)) / 10, 0.0, 0.9);
  }
  double x(double bytes) const {
    return kLossLeft + (std::log10(bytes) - low_) / (high_ - low_) * (kLossRight - kLossLeft);
  }
  double y(double share) const { return kLossBottom - (share - bottom_) / (1 - bottom_) * (kLossBottom - kLossTop); }
  // The bytes to mark: 1, 2 and 5 times powers of ten, or these powers alone.
  std::vector<double> bytes() const {
    std::vector<double> fine, coarse;
    for (int power = static_cast<int>(std::floor(low_)); power <= high_; ++power)
      for (const double factor : {1.0, 2.0, 5.0}) {
        const double at = factor * std::pow(10, power);
        if (std::log10(at) < low_ || std::log10(at) > high_) continue;
        fine.push_back(at);
        if (factor == 1) coarse.push_back(at);
      }
    return fine.size() <= kMostMarks ? fine : coarse;
  }
  std::vector<double> shares() const {
    std::vector<double> all;
    const double step = bottom_ < 0.45 ? 0.2 : bottom_ < 0.85 ? 0.1 : 0.02;
    for (double share = 1; share > bottom_ - 1e-9; share -= step) all.push_back(share);
    return all;
  }

 private:
  double low_ = 0, high_ = 1;  // Logarithms of bytes.
  double bottom_ = 0;          // The lowest share.
};

std::string bytes_text(double bytes) {
  if (bytes >= 1e6) return fmt::format("{:g} MB", bytes / 1e6);
  return bytes >= 1e3 ? fmt::format("{:g} kB", bytes / 1e3) : fmt::format("{:g} B", bytes);
}

void draw_loss_axes(Svg& svg, const LossAxes& axes) {
  for (const double share : axes.shares()) {
    svg.line({kLossLeft, axes.y(share)}, {kLossRight, axes.y(share)}, "grid");
    svg.text({kLossLeft - 6, axes.y(share) + 4}, fmt::format("{:.0f} %", 100 * share), "tick", Svg::Anchor::end);
  }
  svg.line({kLossLeft, kLossBottom}, {kLossRight, kLossBottom}, "axis");
  for (const double bytes : axes.bytes()) {
    svg.line({axes.x(bytes), kLossBottom}, {axes.x(bytes), kLossBottom + 5}, "axis");
    svg.text({axes.x(bytes), kLossBottom + 20}, bytes_text(bytes), "tick", Svg::Anchor::middle);
  }
  svg.text({(kLossLeft + kLossRight) / 2, kLossBottom + 42}, "bytes on the link", "label", Svg::Anchor::middle);
}

bool is_jpeg(plan::Codec codec) {
  return codec == plan::Codec::jpeg95 || codec == plan::Codec::jpeg75;
}

std::string loss_words(const LossPoint& point) {
  return fmt::format("{}: {:.0f} bytes, {}", to_string(*point.plan), *point.plan->sent,
                     point.kept.counted ? to_string(*point.kept.counted) : analysis::percent(point.kept.share));
}

// The points of one cut, or of the JPEGs, from few bytes to many.
struct LossLine {
  std::string name;
  std::string_view style;
  std::vector<LossPoint> points;
};

std::vector<LossLine> lines_of(std::span<const LossPoint> points) {
  std::map<std::uint32_t, std::vector<LossPoint>> cuts;
  std::vector<LossPoint> jpegs;
  for (const LossPoint& point : points) (is_jpeg(point.plan->codec) ? jpegs : cuts[point.plan->cut]).push_back(point);
  std::vector<LossLine> lines;
  lines.reserve(cuts.size() + 1);
  for (auto& [cut, of_cut] : cuts) lines.push_back({fmt::format("cut {}", cut), "denoised", std::move(of_cut)});
  if (!jpegs.empty()) lines.push_back({"JPEG", "heldout", std::move(jpegs)});
  for (LossLine& line : lines)
    std::ranges::sort(line.points, {}, [](const LossPoint& point) { return *point.plan->sent; });
  return lines;
}

void draw_loss_line(Svg& svg, const LossAxes& axes, const LossLine& line) {
  std::string path;
  for (const LossPoint& point : line.points) {
    const double x = axes.x(*point.plan->sent), y = axes.y(point.kept.share);
    path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? "M" : "L", x, y);
    if (!point.kept.counted) continue;
    const plan::ShareInterval interval = interval_of(*point.kept.counted);
    svg.line({x, axes.y(interval.low)}, {x, axes.y(interval.high)}, "spread");
  }
  svg.path(path, fmt::format("curve {}", line.style));
  for (const LossPoint& point : line.points)
    svg.dot({axes.x(*point.plan->sent), axes.y(point.kept.share)}, 4, fmt::format("mark {}", line.style),
            loss_words(point));
}

// Names come last, so that no line covers them.
void draw_loss_lines(Svg& svg, const LossAxes& axes, std::span<const LossPoint> points) {
  const std::vector<LossLine> lines = lines_of(points);
  for (const LossLine& line : lines) draw_loss_line(svg, axes, line);
  for (const LossLine& line : lines)
    svg.text({axes.x(*line.points.front().plan->sent) + 6, axes.y(line.points.front().kept.share) + 15}, line.name,
             "named");
}

}  // namespace

std::string loss_figure(const LossPlot& plot) {
  const LossAxes axes(plot.points, plot.whole);
  Svg svg({plot.id, kLossWidth, kLossHeight, plot.words + ", by bytes on the link",
           "A line for each cut, a point for each codec; the table below has the figures."});
  draw_loss_axes(svg, axes);
  if (plot.whole) svg.line({kLossLeft, axes.y(*plot.whole)}, {kLossRight, axes.y(*plot.whole)}, "fitted");
  draw_loss_lines(svg, axes, plot.points);
  return fmt::format("<figure><figcaption><b>{}</b></figcaption>\n{}</figure>\n", escaped(plot.words), svg.html());
}

}  // namespace tideline::report
