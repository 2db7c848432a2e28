#include "policy/replay/generate.h"

#include "policy/replay/random.h"

#include <algorithm>
#include <cmath>

namespace tideline::replay {
namespace {

std::size_t next_state(const Modulation& modulation, std::size_t current, Random& random) {
  const auto& states = modulation.states;
  if (states.size() < 2) return 0;
  double all = 0;
  for (std::size_t i = 0; i < states.size(); ++i) all += i == current ? 0 : states[i].chance;
  double drawn = random.uniform() * all;
  for (std::size_t i = 0; i < states.size(); ++i) {
    if (i == current) continue;
    drawn -= states[i].chance;
    if (drawn < 0) return i;
  }
  return current == 0 ? 1 : 0;
}

// Rounds to three digits, so that a printed value is read back unchanged.
double rounded(double value, double unit) {
  return std::round(value / unit * 1000) / 1000 * unit;
}

}  // namespace

Modulation cellular(double mbps) {
  const double good = mbps * 1e6;
  return {{{good, 20, 0.25, 3}, {good * 0.4, 12, 0.4, 3}, {good * 0.08, 6, 0.5, 2}, {0, 1.2, 0, 0.6}}, 0.5, 0.8};
}

Modulation busy_edge() {
  return {{{0.03, 25, 0.02, 2}, {0.45, 12, 0.08, 2}, {0.95, 8, 0.04, 1}}, 1, 0.6};
}

Trace generate(Trace::Kind kind, const Modulation& modulation, Seconds length, std::uint64_t seed) {
  Random random(seed);
  const bool cpu = kind == Trace::Kind::cpu;
  std::vector<Trace::Row> rows;
  std::size_t state = 0;
  Seconds until = random.exponential(modulation.states[0].holds);
  double walk = 0;
  for (std::size_t i = 0; i == 0 || static_cast<double>(i) * modulation.step < length; ++i) {
    const Seconds now = static_cast<double>(i) * modulation.step;
    while (now >= until) {
      state = next_state(modulation, state, random);
      until += std::max(0.3, random.exponential(modulation.states[state].holds));
    }
    const double m = modulation.memory;
    walk = m * walk + std::sqrt(1 - m * m) * random.normal();
    const auto& s = modulation.states[state];
    const double value = cpu ? std::clamp(s.value + s.spread * walk, 0.0, 1.0) : s.value * std::exp(s.spread * walk);
    rows.push_back({rounded(now, 1), cpu ? rounded(value, 0.01) : rounded(std::min(value, kFastestTrace), 1e6)});
  }
  auto trace = Trace::make(kind, std::move(rows));
  // All values are zero, by rounding or by chance: use a link that is up for one row.
  if (!trace) trace = Trace::make(kind, {{0, 1e6}, {length, 0}});
  return *std::move(trace);
}

}  // namespace tideline::replay
