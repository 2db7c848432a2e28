// Analysis: for which conditions another cut pays, how surely and how much, of measurements of whatever origin.
//
// Raw figures compare what was measured, and so promise too much: the least of many noisy times is less than any of
// them is on average. De-noised figures choose by a fit of other measurements than those of the condition in question,
// and are taken on the fit of all (denoise.h). Held-out figures make the same choices and are taken on the measurements
// that those choices have not seen: what the fit gets wrong, they show. Shares are fractions: of time saved, of
// conditions, of variance. Pure functions. Thread-safe.
#pragma once

#include "profiler/analysis/denoise.h"
#include "profiler/analysis/measurement_set.h"
#include "profiler/analysis/time_table.h"
#include "runtime/base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tideline {

struct Interval {  // Of 95 %.
  double low = 0;
  double high = 0;
};

// Gains: the share of time that the chosen plan saves under each condition, 1 - chosen / stays.
struct Gains {
  double mean = 0, median = 0, p95 = 0, max = 0;
  Interval mean_interval;  // By the bootstrap over blocks of conditions, which are alike (Künsch 1989); so the next.
  double of_total = 0;     // Of the time of all conditions together. Noise does not bias it, as it does ratios.
  Interval of_total_interval;
  double over_5_percent = 0;  // Share of conditions that gain more.
  std::vector<double> each;   // By condition; those where something is missing are left out.
};

// What moving the cut saves beside a plan that stays.
struct Savings {
  std::uint32_t raw_plan = 0;       // The plan that stays, as the raw times choose it.
  std::uint32_t denoised_plan = 0;  // As the fit of all chooses it.
  std::optional<Gains> raw;         // Absent where no plan was measured under every condition.
  Gains denoised;
  std::optional<Gains> held_out;  // Absent where nothing can be left out: measure again, or more conditions.
};

struct BestPlan {
  std::uint32_t plan = 0;  // By the fit.
  std::uint32_t raw = 0;   // As measured.
  // How probable it is that none is better, given the errors of the fit; plans that are as good share it.
  double confidence = 0;
};

// What part of the variance of log latency a factor explains.
struct Factor {
  std::string_view name;  // "uplink"
  double alone = 0;       // It makes all plans slower or faster alike.
  double with_plan = 0;   // It favours some plans: only this makes another plan the best.
};

struct Variance {
  double plan = 0;
  std::vector<Factor> factors;  // Of the axes that vary.
  double rest = 0;              // Noise, and what two conditions do together.
};

// After how many requests a move from the unstressed best plan has saved what it cost.
struct BreakEven {
  Duration cost{};
  double median = 0;  // Requests, over the conditions in which moving pays.
  double p95 = 0;
};

// How far measurements lie from the fit under one level of an axis.
struct LevelNoise {
  std::string_view axis;
  std::string level;  // "10 Mbit/s", "50 %"
  double median = 0;  // Of |measured / fit - 1|.
  double p95 = 0;
};

struct NoiseFloor {
  std::optional<double>
      repetition;              // Median relative standard deviation of repetitions; absent when nothing was repeated.
  double median = 0, p95 = 0;  // Of |measured / fit - 1|.
  double gain_from_noise = 0;  // Mean gain over the best static plan that such noise alone pretends.
  std::vector<double> residuals;  // measured / fit - 1, of all that was measured.
  std::vector<LevelNoise> by_level;
};

struct Analysis {
  TimeTable raw;  // Means of the repetitions.
  Denoised denoised;
  std::vector<BestPlan> best;  // By condition.
  double differs_raw = 0;      // Share of conditions whose best plan is not that of the first.
  double differs_denoised = 0;
  Savings over_unstressed;  // The plan that is best under the first condition.
  Savings over_static;      // The plan that is best on average.
  Variance variance;
  double moves_pay = 0;  // Share of conditions in which the fit's best is faster than the unstressed best.
  std::vector<BreakEven> break_even;
  NoiseFloor noise;
};

struct AnalysisOptions {
  std::uint64_t seed = 1;
  std::vector<Duration> swap_costs;
};

// Returns invalid, with the reason, when the measurements do not hang together.
Result<Analysis> analyse(const MeasurementSet& measured, const AnalysisOptions& options);

}  // namespace tideline
