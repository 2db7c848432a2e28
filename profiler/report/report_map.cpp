// The best plan under every condition: a panel per uplink, delay and cloud CPU. In a panel, edge CPU and memory go from
// left to right and cloud memory from top to bottom.
#include "profiler/analysis/axes.h"
#include "profiler/analysis/conclusion.h"
#include "profiler/report/html.h"
#include "profiler/report/report_parts.h"
#include "profiler/report/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace tideline {
namespace {

constexpr double kUnsure = 0.5;
constexpr std::size_t kShades = 7;
constexpr double kLeft = 64, kTop = 34, kCellHeight = 30, kWidth = 420;

std::string short_name(const MeasuredPlan& plan) {
  switch (plan.codec) {
    case Codec::fp16:
      return fmt::format("{}h", plan.cut);
    case Codec::int8:
      return fmt::format("{}q", plan.cut);
    case Codec::int8z:
      return fmt::format("{}z", plan.cut);
    case Codec::fp32:
      break;
  }
  return fmt::format("{}", plan.cut);
}

// The plans that are best somewhere, each with a shade: the deeper the cut, the stronger.
std::map<std::uint32_t, std::size_t> shades_of(const Analysis& found) {
  std::map<std::uint32_t, std::size_t> shades;
  for (const BestPlan& best : found.best) shades[best.plan] = 0;
  std::size_t rank = 0;
  for (auto& [plan, shade] : shades) shade = shades.size() == 1 ? 0 : rank++ * (kShades - 1) / (shades.size() - 1);
  return shades;
}

struct Map {
  const MeasurementSet& measured;
  const Analysis& found;
  std::array<Levels, kAxes> axes;
  std::map<std::uint32_t, std::size_t> shades;
};

std::size_t count(const Map& map, std::size_t axis) {
  return map.axes[axis].names.size();
}

// The levels that a panel's conditions share: those on the axes that are not drawn in it.
struct Panel {
  std::size_t uplink = 0, delay = 0, cloud = 0;
};

// "0 %" is clear beside "50 %"; an axis that does not vary is omitted.
std::string heading(const Map& map, const Panel& at) {
  std::string text = map.axes[kUplink].names[at.uplink];
  if (count(map, kDelay) > 1) text += ", delay " + map.axes[kDelay].names[at.delay];
  if (count(map, kCloudCpu) > 1) text += ", cloud CPU " + map.axes[kCloudCpu].names[at.cloud];
  return text;
}

std::string id_of(const Map& map, const Panel& at) {
  return fmt::format("map-{}-{}", at.uplink, at.cloud) + (count(map, kDelay) > 1 ? fmt::format("-{}", at.delay) : "");
}

std::string tooltip(const Map& map, std::size_t c) {
  const BestPlan& best = map.found.best[c];
  const MeasuredPlan& plan = map.measured.plans[best.plan];
  return fmt::format("{}: {}{}{}, {:.1f} ms, confidence {}", to_string(map.measured.conditions[c]), to_string(plan),
                     plan.cut_name.empty() ? "" : " ", plan.cut_name, map.found.denoised.total.at(c, best.plan),
                     percent(best.confidence));
}

void draw_cell(Svg& svg, const Map& map, std::size_t c, const Svg::Box& box) {
  const BestPlan& best = map.found.best[c];
  const std::size_t shade = map.shades.at(best.plan);
  const bool unsure = best.confidence < kUnsure;
  svg.rect(box, fmt::format("cell s{} c{}", shade, c), tooltip(map, c));
  if (unsure) svg.rect({box.x + box.width - 8, box.y, 8, 8}, fmt::format("unsure t{}", shade));
  svg.text({box.x + box.width / 2, box.y + box.height / 2 + 4.5}, short_name(map.measured.plans[best.plan]),
           fmt::format("in t{}", shade), Svg::Anchor::middle);
}

void draw_axes(Svg& svg, const Map& map, double cell, double bottom) {
  const std::size_t cpus = count(map, kEdgeCpu), memories = count(map, kEdgeMemory);
  const double group = cell * static_cast<double>(memories);
  for (std::size_t cpu = 0; cpu < cpus; ++cpu) {
    const double x = kLeft + group * static_cast<double>(cpu);
    svg.text({x + group / 2, kTop - 20}, map.axes[kEdgeCpu].names[cpu], "label", Svg::Anchor::middle);
    for (std::size_t memory = 0; memories > 1 && memory < memories; ++memory)
      svg.text({x + cell * (static_cast<double>(memory) + 0.5), kTop - 5}, map.axes[kEdgeMemory].names[memory], "tiny",
               Svg::Anchor::middle);
    if (cpu > 0) svg.line({x, kTop}, {x, bottom}, "divide");
  }
  for (std::size_t memory = 0; memory < count(map, kCloudMemory); ++memory)
    svg.text({kLeft - 6, kTop + kCellHeight * (static_cast<double>(memory) + 0.5) + 4},
             count(map, kCloudMemory) > 1 ? map.axes[kCloudMemory].names[memory] : "", "label", Svg::Anchor::end);
}

std::string drawn(const Map& map, const Panel& at) {
  const std::size_t columns = count(map, kEdgeCpu) * count(map, kEdgeMemory);
  const double cell = (kWidth - kLeft - 4) / static_cast<double>(columns);
  const double bottom = kTop + kCellHeight * static_cast<double>(count(map, kCloudMemory));
  const std::string title = heading(map, at), id = id_of(map, at);
  Svg svg({id, kWidth, bottom + 4, "Best plan at " + title,
           "The number in each cell is the best cut; the table below has them all."});
  for (std::size_t c = 0; c < map.found.best.size(); ++c) {
    const auto level = [&](std::size_t axis) { return map.axes[axis].of[c]; };
    if (level(kUplink) != at.uplink || level(kDelay) != at.delay || level(kCloudCpu) != at.cloud) continue;
    const double column = level(kEdgeCpu) * static_cast<double>(count(map, kEdgeMemory)) + level(kEdgeMemory);
    draw_cell(svg, map, c, {kLeft + cell * column, kTop + kCellHeight * level(kCloudMemory), cell, kCellHeight});
  }
  draw_axes(svg, map, cell, bottom);
  svg.text({kLeft - 6, kTop - 20}, "edge CPU", "tiny", Svg::Anchor::end);
  if (count(map, kEdgeMemory) > 1) svg.text({kLeft - 6, kTop - 5}, "memory", "tiny", Svg::Anchor::end);
  return fmt::format("<figure><figcaption>{}</figcaption>\n{}</figure>\n", escaped(title), svg.html());
}

std::string legend(const Map& map) {
  std::map<std::uint32_t, std::size_t> conditions;
  for (const BestPlan& best : map.found.best) ++conditions[best.plan];
  std::string html = "<ul class=\"swatches\">\n";
  for (const auto& [plan, shade] : map.shades) {
    const MeasuredPlan& one = map.measured.plans[plan];
    html += fmt::format("<li><span class=\"swatch b{}\">{}</span>{}{} <small>{}</small></li>\n", shade,
                        escaped(short_name(one)), escaped(to_string(one)),
                        one.cut_name.empty() ? "" : ", " + escaped(one.cut_name), conditions[plan]);
  }
  return html + "</ul>\n";
}

std::string all_conditions(const Map& map) {
  std::vector<std::vector<std::string>> rows{{"condition", "best plan", "ms", "confidence", "raw best plan"}};
  for (std::size_t c = 0; c < map.found.best.size(); ++c) {
    const BestPlan& best = map.found.best[c];
    rows.push_back({to_string(map.measured.conditions[c]), to_string(map.measured.plans[best.plan]),
                    fmt::format("{:.1f}", map.found.denoised.total.at(c, best.plan)), percent(best.confidence),
                    to_string(map.measured.plans[best.raw])});
  }
  return details("Every condition as a table", table("Best plan under every condition", rows));
}

}  // namespace

std::string map_section(const MeasurementSet& measured, const Analysis& found) {
  Map map{measured, found, {}, shades_of(found)};
  for (std::size_t axis = 0; axis < kAxes; ++axis) map.axes[axis] = levels_of(measured.conditions, axis);
  const bool rows = count(map, kCloudMemory) > 1;
  std::string html = fmt::format(
      "<p>One panel per uplink{}{}. In a panel, the load of the edge's CPU{} from left to right{}. Stronger shades cut "
      "deeper. A "
      "marked corner says that the confidence is below {}.</p>\n",
      count(map, kDelay) > 1 ? (count(map, kCloudCpu) > 1 ? ", delay" : " and delay") : "",
      count(map, kCloudCpu) > 1 ? " and load of the cloud's CPU" : "",
      count(map, kEdgeMemory) > 1 ? ", within it that of its memory," : "",
      rows ? ", and of the cloud's memory from top to bottom" : "", "50&nbsp;%");
  html += legend(map) + "<div class=\"figures three\">\n";
  for (std::size_t cloud = 0; cloud < count(map, kCloudCpu); ++cloud)
    for (std::size_t delay = 0; delay < count(map, kDelay); ++delay)
      for (std::size_t uplink = 0; uplink < count(map, kUplink); ++uplink) html += drawn(map, {uplink, delay, cloud});
  return html + "</div>\n" + all_conditions(map);
}

}  // namespace tideline
