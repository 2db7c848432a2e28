#include "policy/replay/report.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace tideline::replay {
namespace {

constexpr double kTolerated = 1.1;

double median(std::vector<double> values) {
  return spread(std::move(values)).median;
}

Pooled pool(const std::vector<const Figures*>& figures) {
  Pooled pooled{.policy = figures.front()->policy, .cases = figures.size()};
  std::vector<double> regrets;
  std::array<std::vector<double>, kCausalAges.size()> causal;
  const auto n = static_cast<double>(figures.size());
  for (const Figures* f : figures) {
    regrets.push_back(f->regret());
    for (std::size_t age = 0; age < causal.size(); ++age) causal[age].push_back(f->causal_regret(age));
    pooled.mean_ms += f->mean_ms / n;
    pooled.best_static_mean_ms += f->best_static.mean_ms / n;
    const double ratio = f->mean_ms / f->best_static.mean_ms;
    pooled.worst_of_best_static = std::max(pooled.worst_of_best_static, ratio);
    pooled.above_best_static += ratio > kTolerated ? 1 : 0;
  }
  pooled.regret = spread(std::move(regrets));
  for (std::size_t age = 0; age < causal.size(); ++age) pooled.causal_median[age] = median(std::move(causal[age]));
  return pooled;
}

std::string line(const Case& c) {
  const Figures& f = c.figures;
  std::string who = f.policy;
  if (f.plan && f.policy == name(decide::PolicyKind::fixed))
    who += fmt::format(" cut {} {}", f.plan->cut, name(f.plan->codec));
  const double requests = std::max(1.0, static_cast<double>(f.requests));
  return fmt::format(
      "{:<20} {:<18} {:<14} {:<14} {:>9.1f} {:>8.1f} {:>8.1f} {:>8.1f} {:>8.1f} {:>8.1f} {:>7.3f} {:>6} {:>6.1f} "
      "{:>7.1f}\n",
      who, c.bandwidth, c.cpu, c.table, f.mean_ms, f.p50_ms, f.p95_ms, f.p99_ms, f.regret(), f.causal_regret(0),
      f.mean_ms / f.best_static.mean_ms, f.counters.moves, 1000 * static_cast<double>(f.counters.hedges) / requests,
      f.counters.probe_bytes / f.lasted / 1e3);
}

// The fluid limit of each table over each pair of traces, and the rate of the requests beside it.
std::string limits(const std::vector<Case>& cases) {
  std::string text, last;
  for (const Case& c : cases) {
    const std::string where = fmt::format("{:<18} {:<14} {:<14}", c.bandwidth, c.cpu, c.table);
    if (std::exchange(last, where) == where) continue;
    text += fmt::format("{} {:>9.2f} {:>9.2f}  ", where, c.figures.rate, c.figures.capacity.per_s);
    for (const Capacity::Share& one : c.figures.capacity.mix)
      text += fmt::format(" {:.1f} % cut {} {}", 100 * one.share, one.plan.cut, name(one.plan.codec));
    text += '\n';
  }
  return text;
}

// How many requests of each case were late or refused; empty without a deadline.
std::string deadlines(const std::vector<Case>& cases) {
  std::string text;
  for (const Case& c : cases)
    if (c.figures.late)
      text += fmt::format("{:<20} {:<18} {:<14} {:<14} {:>9} {:>9} {:>9}\n", c.figures.policy, c.bandwidth, c.cpu,
                          c.table, c.figures.requests + c.figures.refused, *c.figures.late,
                          c.figures.refused);
  if (text.empty()) return text;
  return fmt::format("{:<20} {:<18} {:<14} {:<14} {:>9} {:>9} {:>9}\n", "policy", "bandwidth", "cpu", "table",
                     "requests", "late", "refused") +
         text + '\n';
}

}  // namespace

Regrets spread(std::vector<double> values) {
  if (values.empty()) return {};
  std::ranges::sort(values);
  const std::size_t n = values.size();
  return {std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(n),
          (values[(n - 1) / 2] + values[n / 2]) / 2, values[std::min(n - 1, n * 9 / 10)], values.back()};
}

std::vector<Pooled> pooled(const std::vector<Case>& cases) {
  std::vector<std::pair<std::string, std::vector<const Figures*>>> by_policy;
  for (const Case& c : cases) {
    if (c.figures.policy == name(decide::PolicyKind::fixed)) continue;
    const auto found = std::ranges::find(by_policy, c.figures.policy, [](const auto& one) { return one.first; });
    auto& one =
        found == by_policy.end() ? by_policy.emplace_back(c.figures.policy, std::vector<const Figures*>{}) : *found;
    one.second.push_back(&c.figures);
  }
  std::vector<Pooled> all;
  all.reserve(by_policy.size());
  for (const auto& [policy, figures] : by_policy) all.push_back(pool(figures));
  return all;
}

std::string to_text(const std::vector<Case>& cases) {
  std::string text =
      fmt::format("{:<20} {:<18} {:<14} {:<14} {:>9} {:>8} {:>8} {:>8} {:>8} {:>8} {:>7} {:>6} {:>6} {:>7}\n", "policy",
                  "bandwidth", "cpu", "table", "mean ms", "p50", "p95", "p99", "regret %", "causal %", "/static",
                  "moves", "races", "probes");
  for (const Case& c : cases) text += line(c);
  text +=
      "\nregret: over the oracle, whose requests do not wait for one another; causal: over perfect information of 0.25 "
      "s "
      "ago, likewise;\n/static: over the best static plan in hindsight; races: hedged requests of 1000; probes in "
      "kB/s\n\n";
  text += fmt::format("{:<18} {:<14} {:<14} {:>9} {:>9}   {}\n", "bandwidth", "cpu", "table", "rate /s", "limit /s",
                      "mix of plans that the edge, the uplink and the cloud serve at the limit");
  text += limits(cases) + '\n';
  text += deadlines(cases);
  text += fmt::format("{:<20} {:>6} {:>9} {:>9} {:>8} {:>8} {:>9} {:>10} {:>8} {:>6}\n", "pooled", "cases", "mean ms",
                      "regret %", "median", "p90", "max", "causal %", "/static", "worst");
  for (const Pooled& p : pooled(cases))
    text += fmt::format("{:<20} {:>6} {:>9.1f} {:>9.2f} {:>8.2f} {:>8.2f} {:>9.2f} {:>10.2f} {:>8.3f} {:>6.3f}\n",
                        p.policy, p.cases, p.mean_ms, p.regret.mean, p.regret.median, p.regret.p90, p.regret.max,
                        p.causal_median[0], p.mean_ms / p.best_static_mean_ms, p.worst_of_best_static);
  return text;
}

}  // namespace tideline::replay
