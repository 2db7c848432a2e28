#include "profiler/report/svg.h"

#include "profiler/report/html.h"

#include <fmt/format.h>

#include <cmath>

namespace tideline::report {
namespace {

std::string_view name(Svg::Anchor anchor) {
  return anchor == Svg::Anchor::start ? "start" : anchor == Svg::Anchor::middle ? "middle" : "end";
}

}  // namespace

Svg::Svg(const Frame& frame)
    : html_(fmt::format("<svg viewBox=\"0 0 {:g} {:g}\" role=\"img\" aria-labelledby=\"{}-t {}-d\">"
                        "<title id=\"{}-t\">{}</title><desc id=\"{}-d\">{}</desc>\n",
                        frame.width, frame.height, frame.id, frame.id, frame.id, escaped(frame.title), frame.id,
                        escaped(frame.description))) {}

void Svg::rect(const Box& box, std::string_view style, std::string_view tooltip) {
  html_ += fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" class=\"{}\"", box.x, box.y,
                       box.width, box.height, style);
  html_ += tooltip.empty() ? "/>\n" : fmt::format("><title>{}</title></rect>\n", escaped(tooltip));
}

void Svg::line(Point from, Point to, std::string_view style) {
  html_ += fmt::format("<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" class=\"{}\"/>\n", from.x, from.y,
                       to.x, to.y, style);
}

void Svg::dot(Point at, double radius, std::string_view style, std::string_view tooltip) {
  html_ += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{:g}\" class=\"{}\"", at.x, at.y, radius, style);
  html_ += tooltip.empty() ? "/>\n" : fmt::format("><title>{}</title></circle>\n", escaped(tooltip));
}

void Svg::path(const std::string& commands, std::string_view style) {
  html_ += fmt::format("<path d=\"{}\" class=\"{}\"/>\n", commands, style);
}

void Svg::text(Point at, std::string_view words, std::string_view style, Anchor anchor) {
  html_ += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" class=\"{}\" text-anchor=\"{}\">{}</text>\n", at.x, at.y, style,
                       name(anchor), escaped(words));
}

std::vector<double> ticks(double most, int wanted) {
  const double rough = std::max(most, 1e-9) / wanted;
  const double ten = std::pow(10, std::floor(std::log10(rough)));
  double step = 10 * ten;
  for (const double factor : {1.0, 2.0, 5.0})
    if (factor * ten >= rough * 0.999) {
      step = factor * ten;
      break;
    }
  std::vector<double> found{0};
  while (found.back() < most * 0.9999) found.push_back(step * static_cast<double>(found.size()));
  return found;
}

std::string tick_text(double tick) {
  return fmt::format("{:g}", std::round(tick * 1e6) / 1e6);
}

}  // namespace tideline::report
