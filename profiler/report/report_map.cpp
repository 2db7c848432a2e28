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

namespace tideline::report {
namespace {

constexpr double kMapUnsure = 0.5;
constexpr std::size_t kShades = 7;
constexpr double kMapLeft = 64, kMapTop = 34, kMapCellHeight = 30, kMapWidth = 420;

std::string short_name(const analysis::MeasuredPlan& plan) {
  switch (plan.codec) {
    case plan::Codec::fp16:
      return fmt::format("{}h", plan.cut);
    case plan::Codec::q64:
    case plan::Codec::q32:
    case plan::Codec::q16:
    case plan::Codec::q8:
    case plan::Codec::q4:
    case plan::Codec::q2:
    case plan::Codec::q1:
      return fmt::format("{}{}", plan.cut, plan::name(plan.codec));
    case plan::Codec::source:
      return "file";
    case plan::Codec::u8:
      return "u8";
    case plan::Codec::jpeg95:
      return "j95";
    case plan::Codec::jpeg75:
      return "j75";
    case plan::Codec::fp32:
      break;
  }
  return fmt::format("{}", plan.cut);
}

// The plans that are best somewhere, each with a shade: the deeper the cut, the stronger.
std::map<std::uint32_t, std::size_t> shades_of(const analysis::Analysis& found) {
  std::map<std::uint32_t, std::size_t> shades;
  for (const analysis::BestPlan& best : found.best) shades[best.plan] = 0;
  std::size_t rank = 0;
  for (auto& [plan, shade] : shades) shade = shades.size() == 1 ? 0 : rank++ * (kShades - 1) / (shades.size() - 1);
  return shades;
}

struct Map {
  const analysis::MeasurementSet& measured;
  const analysis::Analysis& found;
  std::array<analysis::Levels, analysis::kAxes> axes;
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
  std::string text = map.axes[analysis::kUplink].names[at.uplink];
  if (count(map, analysis::kDelay) > 1) text += ", delay " + map.axes[analysis::kDelay].names[at.delay];
  if (count(map, analysis::kCloudCpu) > 1) text += ", cloud CPU " + map.axes[analysis::kCloudCpu].names[at.cloud];
  return text;
}

std::string id_of(const Map& map, const Panel& at) {
  return fmt::format("map-{}-{}", at.uplink, at.cloud) +
         (count(map, analysis::kDelay) > 1 ? fmt::format("-{}", at.delay) : "");
}

std::string tooltip(const Map& map, std::size_t c) {
  const analysis::BestPlan& best = map.found.best[c];
  const analysis::MeasuredPlan& plan = map.measured.plans[best.plan];
  return fmt::format("{}: {}{}{}, {:.1f} ms, confidence {}", to_string(map.measured.conditions[c]), to_string(plan),
                     plan.cut_name.empty() ? "" : " ", plan.cut_name, map.found.denoised.total.at(c, best.plan),
                     analysis::percent(best.confidence));
}

void draw_cell(Svg& svg, const Map& map, std::size_t c, const Svg::Box& box) {
  const analysis::BestPlan& best = map.found.best[c];
  const std::size_t shade = map.shades.at(best.plan);
  const bool unsure = best.confidence < kMapUnsure;
  svg.rect(box, fmt::format("cell s{} c{}", shade, c), tooltip(map, c));
  if (unsure) svg.rect({box.x + box.width - 8, box.y, 8, 8}, fmt::format("unsure t{}", shade));
  svg.text({box.x + box.width / 2, box.y + box.height / 2 + 4.5}, short_name(map.measured.plans[best.plan]),
           fmt::format("in t{}", shade), Svg::Anchor::middle);
}

void draw_axes(Svg& svg, const Map& map, double cell, double bottom) {
  const std::size_t cpus = count(map, analysis::kEdgeCpu), memories = count(map, analysis::kEdgeMemory);
  const double group = cell * static_cast<double>(memories);
  for (std::size_t cpu = 0; cpu < cpus; ++cpu) {
    const double x = kMapLeft + group * static_cast<double>(cpu);
    svg.text({x + group / 2, kMapTop - 20}, map.axes[analysis::kEdgeCpu].names[cpu], "label", Svg::Anchor::middle);
    for (std::size_t memory = 0; memories > 1 && memory < memories; ++memory)
      svg.text({x + cell * (static_cast<double>(memory) + 0.5), kMapTop - 5},
               map.axes[analysis::kEdgeMemory].names[memory], "tiny", Svg::Anchor::middle);
    if (cpu > 0) svg.line({x, kMapTop}, {x, bottom}, "divide");
  }
  for (std::size_t memory = 0; memory < count(map, analysis::kCloudMemory); ++memory)
    svg.text({kMapLeft - 6, kMapTop + kMapCellHeight * (static_cast<double>(memory) + 0.5) + 4},
             count(map, analysis::kCloudMemory) > 1 ? map.axes[analysis::kCloudMemory].names[memory] : "", "label",
             Svg::Anchor::end);
}

std::string drawn(const Map& map, const Panel& at) {
  const std::size_t columns = count(map, analysis::kEdgeCpu) * count(map, analysis::kEdgeMemory);
  const double cell = (kMapWidth - kMapLeft - 4) / static_cast<double>(columns);
  const double bottom = kMapTop + kMapCellHeight * static_cast<double>(count(map, analysis::kCloudMemory));
  const std::string title = heading(map, at), id = id_of(map, at);
  Svg svg({id, kMapWidth, bottom + 4, "Best plan at " + title,
           "The number in each cell is the best cut; the table below has them all."});
  for (std::size_t c = 0; c < map.found.best.size(); ++c) {
    const auto level = [&](std::size_t axis) { return map.axes[axis].of[c]; };
    if (level(analysis::kUplink) != at.uplink || level(analysis::kDelay) != at.delay ||
        level(analysis::kCloudCpu) != at.cloud)
      continue;
    const double column = level(analysis::kEdgeCpu) * static_cast<double>(count(map, analysis::kEdgeMemory)) +
                          level(analysis::kEdgeMemory);
    draw_cell(
        svg, map, c,
        {kMapLeft + cell * column, kMapTop + kMapCellHeight * level(analysis::kCloudMemory), cell, kMapCellHeight});
  }
  draw_axes(svg, map, cell, bottom);
  svg.text({kMapLeft - 6, kMapTop - 20}, "edge CPU", "tiny", Svg::Anchor::end);
  if (count(map, analysis::kEdgeMemory) > 1) svg.text({kMapLeft - 6, kMapTop - 5}, "memory", "tiny", Svg::Anchor::end);
  return fmt::format("<figure><figcaption>{}</figcaption>\n{}</figure>\n", escaped(title), svg.html());
}

std::string legend(const Map& map) {
  std::map<std::uint32_t, std::size_t> conditions;
  for (const analysis::BestPlan& best : map.found.best) ++conditions[best.plan];
  std::string html = "<ul class=\"swatches\">\n";
  for (const auto& [plan, shade] : map.shades) {
    const analysis::MeasuredPlan& one = map.measured.plans[plan];
    html += fmt::format("<li><span class=\"swatch b{}\">{}</span>{}{} <small>{}</small></li>\n", shade,
                        escaped(short_name(one)), escaped(to_string(one)),
                        one.cut_name.empty() ? "" : ", " + escaped(one.cut_name), conditions[plan]);
  }
  return html + "</ul>\n";
}

std::string all_conditions(const Map& map) {
  std::vector<std::vector<std::string>> rows{{"condition", "best plan", "ms", "confidence", "raw best plan"}};
  for (std::size_t c = 0; c < map.found.best.size(); ++c) {
    const analysis::BestPlan& best = map.found.best[c];
    rows.push_back({to_string(map.measured.conditions[c]), to_string(map.measured.plans[best.plan]),
                    fmt::format("{:.1f}", map.found.denoised.total.at(c, best.plan)),
                    analysis::percent(best.confidence), to_string(map.measured.plans[best.raw])});
  }
  return details("Every condition as a table", table("Best plan under every condition", rows));
}

}  // namespace

std::string map_section(const analysis::MeasurementSet& measured, const analysis::Analysis& found) {
  Map map{measured, found, {}, shades_of(found)};
  for (std::size_t axis = 0; axis < analysis::kAxes; ++axis)
    map.axes[axis] = analysis::levels_of(measured.conditions, axis);
  const bool rows = count(map, analysis::kCloudMemory) > 1;
  std::string html = fmt::format(
      "<p>One panel per uplink{}{}. In a panel, the load of the edge's CPU{} from left to right{}. Stronger shades cut "
      "deeper. A "
      "marked corner says that the confidence is below {}.</p>\n",
      count(map, analysis::kDelay) > 1 ? (count(map, analysis::kCloudCpu) > 1 ? ", delay" : " and delay") : "",
      count(map, analysis::kCloudCpu) > 1 ? " and load of the cloud's CPU" : "",
      count(map, analysis::kEdgeMemory) > 1 ? ", within it that of its memory," : "",
      rows ? ", and of the cloud's memory from top to bottom" : "", "50&nbsp;%");
  html += legend(map) + "<div class=\"figures three\">\n";
  for (std::size_t cloud = 0; cloud < count(map, analysis::kCloudCpu); ++cloud)
    for (std::size_t delay = 0; delay < count(map, analysis::kDelay); ++delay)
      for (std::size_t uplink = 0; uplink < count(map, analysis::kUplink); ++uplink)
        html += drawn(map, {uplink, delay, cloud});
  return html + "</div>\n" + all_conditions(map);
}

}  // namespace tideline::report
