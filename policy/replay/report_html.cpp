// Figures of replays as one self-contained HTML page with plots.
#include "policy/replay/report.h"

#include <algorithm>
#include <cmath>

namespace tideline::replay {
namespace {

constexpr const char* kColours[] = {"#0b6e4f", "#c8553d", "#3c6e9f", "#8a6fb0", "#b08d2f", "#666", "#333"};

std::string escaped(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    if (c == '<')
      safe += "&lt;";
    else if (c == '>')
      safe += "&gt;";
    else if (c == '&')
      safe += "&amp;";
    else if (c == '"')
      safe += "&quot;";
    else
      safe += c;
  }
  return safe;
}

// Plots the regret over the share of cases with at most that regret. Logarithmic, from 0.1 %; further left is better.
std::string curves(const std::vector<Case>& cases) {
  const auto x = [](double regret) { return 60 + 600 * (std::log10(std::clamp(regret, 0.1, 1000.0)) + 1) / 4; };
  std::string svg = "<svg viewBox='0 0 800 320' role='img' aria-label='regret by share of cases'>";
  for (const double tick : {0.1, 1.0, 10.0, 100.0, 1000.0})
    svg += fmt::format(
        "<line x1='{0:.0f}' x2='{0:.0f}' y1='20' y2='280' class='g'/><text x='{0:.0f}' y='298'>{1} %</text>", x(tick),
        tick);
  std::size_t colour = 0;
  for (const Pooled& p : pooled(cases)) {
    std::vector<double> regrets;
    for (const Case& c : cases)
      if (c.figures.policy == p.policy) regrets.push_back(c.figures.regret());
    std::ranges::sort(regrets);
    std::string points;
    for (std::size_t i = 0; i < regrets.size(); ++i)
      points += fmt::format("{:.1f},{:.1f} ", x(regrets[i]),
                            280 - 260 * static_cast<double>(i + 1) / static_cast<double>(regrets.size()));
    const char* stroke = kColours[colour % std::size(kColours)];
    svg += fmt::format("<polyline points='{}' fill='none' stroke='{}' stroke-width='2'/>", points, stroke);
    svg += fmt::format("<text x='675' y='{}' fill='{}'>{}</text>", 40 + 18 * colour++, stroke, escaped(p.policy));
  }
  return svg + "</svg>";
}

std::string row(const Case& c) {
  const Figures& f = c.figures;
  std::string who = f.policy;
  if (f.plan) who += fmt::format(" ({}, {})", f.plan->cut, name(f.plan->codec));
  return fmt::format(
      "<tr><td>{}<td>{}<td>{}<td>{}<td>{:.1f}<td>{:.1f}<td>{:.1f}<td>{:.1f}<td>{:.1f}<td>{:.1f}<td>{:.3f}<td>{}<td>{}"
      "\n",
      escaped(who), escaped(c.table), escaped(c.bandwidth), escaped(c.cpu), f.mean_ms, f.p50_ms, f.p95_ms, f.p99_ms,
      f.regret(), f.causal_regret(0), f.mean_ms / f.best_static.mean_ms, f.counters.moves, f.counters.hedges);
}

}  // namespace

std::string to_html(const std::vector<Case>& cases) {
  std::string html =
      "<!doctype html><html lang='en'><meta charset='utf-8'><title>Tideline replay</title><style>"
      "body{font:15px/1.5 system-ui,sans-serif;margin:2em auto;max-width:70em;padding:0 1em}"
      "table{border-collapse:collapse;font-variant-numeric:tabular-nums}td,th{padding:.15em .7em;text-align:right;"
      "border-bottom:1px solid #8883}td:first-child,th:first-child{text-align:left}svg{max-width:56em}"
      "svg text{font-size:12px;text-anchor:middle;fill:currentColor}.g{stroke:#8884}</style><h1>Replay</h1>"
      "<p>Regret is a policy's extra time over the oracle, which knows the latency of every request. Each curve: the "
      "share of cases, from below, with at most that regret.</p>";
  html += curves(cases);
  html +=
      "<h2>Pooled</h2><table><tr><th>policy<th>cases<th>mean ms<th>regret %<th>median<th>p90<th>max<th>over best "
      "static<th>worst\n";
  for (const Pooled& p : pooled(cases))
    html += fmt::format("<tr><td>{}<td>{}<td>{:.1f}<td>{:.2f}<td>{:.2f}<td>{:.2f}<td>{:.2f}<td>{:.3f}<td>{:.3f}\n",
                        escaped(p.policy), p.cases, p.mean_ms, p.regret.mean, p.regret.median, p.regret.p90,
                        p.regret.max, p.mean_ms / p.best_static_mean_ms, p.worst_of_best_static);
  html +=
      "</table><h2>Cases</h2><table><tr><th>policy<th>table<th>bandwidth<th>cpu<th>mean "
      "ms<th>p50<th>p95<th>p99<th>regret %<th>over 0.25 s %<th>over best static<th>moves<th>races\n";
  for (const Case& c : cases) html += row(c);
  return html + "</table></html>\n";
}

}  // namespace tideline::replay
