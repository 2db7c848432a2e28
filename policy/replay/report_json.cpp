// Figures of replays as JSON; policy/replay/README.md describes the format.
#include "policy/replay/report.h"

#include <nlohmann/json.hpp>

#include <cmath>

namespace tideline::replay {
namespace {

using nlohmann::ordered_json;

constexpr std::array<const char*, kCausalAges.size()> kAges{"0.25", "0.5", "1"};

// Rounds to 0.1 microseconds or 0.0001 per cent.
double rounded(double value) {
  return std::round(value * 1e4) / 1e4;
}

ordered_json json_of(const plan::Plan& plan) {
  return {{"cut", plan.cut}, {"codec", name(plan.codec)}};
}

template <typename Value>
ordered_json by_age(Value value) {
  ordered_json json = ordered_json::object();
  for (std::size_t age = 0; age < kAges.size(); ++age) json[kAges[age]] = rounded(value(age));
  return json;
}

ordered_json json_of(const Case& c) {
  const Figures& f = c.figures;
  ordered_json json{{"policy", f.policy},
                    {"table", c.table},
                    {"bandwidth", c.bandwidth},
                    {"cpu", c.cpu},
                    {"requests", f.requests},
                    {"mean_ms", rounded(f.mean_ms)},
                    {"p50_ms", rounded(f.p50_ms)},
                    {"p95_ms", rounded(f.p95_ms)},
                    {"p99_ms", rounded(f.p99_ms)},
                    {"max_ms", rounded(f.max_ms)},
                    {"oracle_mean_ms", rounded(f.oracle_mean_ms)},
                    {"oracle_p99_ms", rounded(f.oracle_p99_ms)},
                    {"regret_percent", rounded(f.regret())}};
  json["causal_regret_percent"] = by_age([&](std::size_t age) { return f.causal_regret(age); });
  json["best_static"] = json_of(f.best_static.plan);
  json["best_static"]["mean_ms"] = rounded(f.best_static.mean_ms);
  json["rate_per_s"] = rounded(f.rate);
  json["fluid_limit_per_s"] = rounded(f.capacity.per_s);
  json["fluid_mix"] = ordered_json::array();
  for (const Capacity::Share& one : f.capacity.mix) {
    json["fluid_mix"].push_back(json_of(one.plan));
    json["fluid_mix"].back()["share"] = rounded(one.share);
  }
  json["moves"] = f.counters.moves;
  json["races"] = f.counters.hedges;
  json["races_won_here"] = f.counters.won_here;
  json["probe_bytes_per_second"] = rounded(f.counters.probe_bytes / f.lasted);
  if (f.late) json["late"] = *f.late, json["refused"] = f.refused;
  if (f.plan) json["plan"] = json_of(*f.plan);
  return json;
}

ordered_json json_of(const Regrets& s) {
  return {{"mean", rounded(s.mean)}, {"median", rounded(s.median)}, {"p90", rounded(s.p90)}, {"max", rounded(s.max)}};
}

ordered_json json_of(const Pooled& p) {
  ordered_json json{{"policy", p.policy},
                    {"cases", p.cases},
                    {"mean_ms", rounded(p.mean_ms)},
                    {"best_static_mean_ms", rounded(p.best_static_mean_ms)},
                    {"regret_percent", json_of(p.regret)}};
  json["median_causal_regret_percent"] = by_age([&](std::size_t age) { return p.causal_median[age]; });
  json["worst_over_best_static"] = rounded(p.worst_of_best_static);
  json["cases_above_1.1_of_best_static"] = p.above_best_static;
  return json;
}

}  // namespace

std::string to_json(const std::vector<Case>& cases) {
  ordered_json json{{"cases", ordered_json::array()}, {"pooled", ordered_json::array()}};
  for (const Case& c : cases) json["cases"].push_back(json_of(c));
  for (const Pooled& p : pooled(cases)) json["pooled"].push_back(json_of(p));
  return json.dump(1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace tideline::replay
