// Analysis: finds the conditions under which another cut pays, with certainty and gain, from measurements of any
// origin.
//
// It reports three kinds of figures. Raw figures compare measurements. They promise too much: the smallest of many
// noisy times is below any of their means. De-noised figures choose by a fit that does not use the condition in
// question, and compute the gain on the fit of all measurements (denoise.h). Held-out figures make the same choices and
// compute the gain on measurements that these choices have not used. So they show the errors of the fit. Shares are
// fractions: of saved time, of conditions, of variance. Pure functions. Thread-safe.
//
//   const Result<MeasurementSet> measured = study_of(*journal);
//   if (!measured) return measured.error();
//   const Result<Analysis> found = analyse(*measured, {.seed = 1});
//   if (found) save(report_html(*measured, *found));
#pragma once

#include "profiler/analysis/denoise.h"
#include "profiler/analysis/measurement_set.h"
#include "profiler/analysis/time_table.h"
#include "runtime/base/result.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tideline::analysis {

struct Interval {  // 95 % confidence.
  double low = 0;
  double high = 0;
};

// Gains: the share of time that the chosen plan saves under each condition, 1 - chosen / stays.
struct Gains {
  double mean = 0, median = 0, p95 = 0, max = 0;
  Interval mean_interval;      // By a bootstrap over blocks of neighbouring, similar conditions (Künsch 1989).
  double of_total = 0;         // Share of the total time of all conditions. Unlike ratios, noise does not bias it.
  Interval of_total_interval;  // By the same bootstrap.
  double over_5_percent = 0;   // Share of conditions that gain more than 5 %.
  std::vector<double> each;    // By condition, without those that lack a value.
};

// The savings of moving the cut over a plan that stays.
struct Savings {
  std::uint32_t raw_plan = 0;       // The plan that stays, chosen by the raw times.
  std::uint32_t denoised_plan = 0;  // Chosen by the fit of all measurements.
  std::optional<Gains> raw;         // Absent if no plan was measured under every condition.
  Gains denoised;
  std::optional<Gains> held_out;  // Absent if nothing can be left out: measure again, or more conditions.
};

struct BestPlan {
  std::uint32_t plan = 0;  // By the fit.
  std::uint32_t raw = 0;   // As measured.
  // Probability that no plan is better, given the errors of the fit; equally good plans share it.
  double confidence = 0;
};

// The share of the variance of log latency that a factor explains.
struct Factor {
  std::string_view name;  // "uplink"
  double alone = 0;       // It slows all plans alike.
  double with_plan = 0;   // It favours some plans: only this can make another plan the best.
};

struct Variance {
  double plan = 0;
  std::vector<Factor> factors;  // Of the axes that vary.
  double rest = 0;              // Noise, and combined effects of conditions.
};

// The number of requests after which a move from the unstressed best plan has paid back its cost.
struct BreakEven {
  Duration cost{};
  double median = 0;  // Requests, over the conditions in which a move pays.
  double p95 = 0;
};

// The distance of measurements from the fit at one level of an axis.
struct LevelNoise {
  std::string_view axis;
  std::string level;  // "10 Mbit/s", "50 %"
  double median = 0;  // Of |measured / fit - 1|.
  double p95 = 0;
};

inline constexpr double kOutlier = 5;

struct NoiseFloor {
  std::optional<double>
      repetition;                 // Median relative standard deviation of repetitions; absent if nothing was repeated.
  double median = 0, p95 = 0;     // Of |measured / fit - 1|.
  std::size_t outliers = 0;       // Measurements more than kOutlier times as long, or as short, as the fit.
  double gain_from_noise = 0;     // Mean gain over the best static plan that such noise alone would show.
  std::vector<double> residuals;  // measured / fit - 1, of all measurements.
  std::vector<LevelNoise> by_level;
};

struct Analysis {
  TimeTable raw;  // Means of the repetitions.
  Denoised denoised;
  std::vector<BestPlan> best;  // By condition.
  double differs_raw = 0;      // Share of conditions whose best plan differs from the first condition's.
  double differs_denoised = 0;
  Savings over_unstressed;  // Over the best plan of the first condition.
  Savings over_static;      // Over the plan that is best on average.
  Variance variance;
  double moves_pay = 0;  // Share of conditions in which the fit's best plan is faster than the unstressed best plan.
  std::vector<BreakEven> break_even;
  NoiseFloor noise;
};

struct AnalysisOptions {
  std::uint64_t seed = 1;
  std::vector<Duration> swap_costs;
};

// Returns invalid, with the reason, if the measurements do not connect all plans and conditions.
Result<Analysis> analyse(const MeasurementSet& measured, const AnalysisOptions& options);

}  // namespace tideline::analysis
