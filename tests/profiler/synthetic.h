// Study of a network that never was: separable times that are known, and noise that multiplies the total.
#pragma once

#include "profiler/analysis/measurement_set.h"
#include "profiler/campaign/grid.h"
#include "tests/profiler/noise.h"

#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <fstream>

namespace tideline::fixtures {

// The grid of the published study.
inline std::vector<plan::Stress> study_grid() {
  const std::vector<double> loads{0, 0.5, 1};
  return *campaign::cells_of({.uplink = {50_Mbps, 25_Mbps, 10_Mbps},
                              .edge_cpu = loads,
                              .edge_memory = loads,
                              .cloud_cpu = loads,
                              .cloud_memory = loads});
}

// Links that differ in bandwidth, in delay, or in both, and each side idle or loaded: 24 conditions.
inline std::vector<plan::Stress> link_grid() {
  return *campaign::cells_of({.uplink = {50_Mbps, 10_Mbps},
                              .edge_cpu = {0, 1},
                              .edge_memory = {0},
                              .cloud_cpu = {0, 1},
                              .cloud_memory = {0},
                              .rtt = {std::nullopt, std::chrono::milliseconds(10), std::chrono::milliseconds(80)}});
}

// Deeper cuts take longer on the edge, send less and leave less to the cloud: milliseconds, without noise.
struct Truth {
  std::uint32_t cuts = 8;
  double slow_uplink = 5;  // How much longer sending takes at the slowest uplink; 1: conditions make no difference.
  double loaded = 3;       // How much longer computing takes at a load of 100 %.
  std::vector<plan::Stress> conditions = study_grid();  // Under which it is measured.

  double edge(std::uint32_t cut, const plan::Stress& s) const {
    return (2 + 12.0 * cut) * (1 + (loaded - 1) * s.edge_cpu);
  }
  double network(std::uint32_t cut, const plan::Stress& s) const {
    const double slow = 50e6 / s.uplink->value;  // 1 to 5.
    return (4 + 60.0 / (cut + 1)) * (1 + (slow_uplink - 1) * (slow - 1) / 4) +
           milliseconds(s.delay.value_or(Duration{}));
  }
  double cloud(std::uint32_t cut, const plan::Stress& s) const {
    return (1 + 0.5 * (cuts - cut)) * (1 + (loaded - 1) * s.cloud_cpu);
  }
  double total(std::uint32_t cut, const plan::Stress& s) const {
    return edge(cut, s) + network(cut, s) + cloud(cut, s);
  }
};

inline analysis::MeasurementSet measured(const Truth& truth, double noise, int repetitions, std::uint64_t seed) {
  fit::Random random(seed);
  analysis::MeasurementSet found{.model = "synthetic", .conditions = truth.conditions, .every_term = false};
  for (std::uint32_t cut = 0; cut < truth.cuts; ++cut) found.plans.push_back({cut, plan::Codec::fp32, ""});
  for (std::uint32_t c = 0; c < found.conditions.size(); ++c)
    for (std::uint32_t cut = 0; cut < truth.cuts; ++cut)
      for (int i = 0; i < repetitions; ++i) {
        const auto noisy = [&](double ms) { return from_milliseconds(ms * std::exp(noise * gaussian(random))); };
        const plan::Stress& s = found.conditions[c];
        found.timings.push_back({c,
                                 cut,
                                 {.head = noisy(truth.edge(cut, s)),
                                  .network = noisy(truth.network(cut, s)),
                                  .tail = noisy(truth.cloud(cut, s))}});
      }
  return *tidied(std::move(found));
}

// Writes measurements of the seed grid as the published study has them.
inline void write_study(const analysis::MeasurementSet& found, const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  const auto digit = [](double load) { return static_cast<int>(load * 2); };
  for (const analysis::TimedPlan& timing : found.timings) {
    const plan::Stress& s = found.conditions[timing.condition];
    const int uplink = s.uplink->value > 30e6 ? 0 : s.uplink->value > 20e6 ? 1 : 2;
    std::ofstream(folder / fmt::format("weights_{}{}{}{}{}.txt", uplink, digit(s.cloud_cpu), digit(s.edge_memory),
                                       digit(s.cloud_memory), digit(s.edge_cpu)),
                  std::ios::app)
        << fmt::format("{:.9f} {:.9f} {:.9f} {}\n", seconds(timing.terms.total()), seconds(timing.terms.head),
                       seconds(timing.terms.tail), found.plans[timing.plan].cut);
  }
}

}  // namespace tideline::fixtures
