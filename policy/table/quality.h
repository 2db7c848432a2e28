// Quality: how reliable a campaign's measurements are; stored in the table.
//
// Values and pure functions. Thread-safe.
#pragma once

#include "policy/plan/plan.h"
#include "policy/plan/stress.h"
#include "runtime/base/time.h"

#include <optional>
#include <string>
#include <vector>

namespace tideline::table {

// Whether the machines changed during the campaign, from points that were measured repeatedly (anchors).
struct Drift {
  double change = 0;   // Relative change of their times over the campaign: 0.1 is 10 % slower at the end.
  double p_value = 1;  // Probability of a trend as steady by chance (Mann-Kendall).
  bool drifted = false;

  bool operator==(const Drift&) const = default;
};

// A plan in a cell that was predicted from other cells and then measured.
struct HeldOut {
  plan::Stress asked;
  plan::Plan plan;
  Duration measured{};   // Total; measured and predicted are above 0.
  Duration predicted{};  // Without use of this measurement.

  // Returns (predicted - measured) / measured.
  double residual() const;
  bool operator==(const HeldOut&) const = default;
};

// A cell that is missing in the table.
struct LeftOut {
  plan::Stress asked;
  std::string reason;

  bool operator==(const LeftOut&) const = default;
};

// An interaction of edge and cloud that the held-out measurements proved. It adds `coefficient` x the product of both
// sides' effects (logarithms) to the term's logarithm (Tukey 1949, one degree of freedom).
struct Correction {
  std::string term;  // "head" or "tail".
  double coefficient = 0;
  double error = 0;  // Standard error.

  bool operator==(const Correction&) const = default;
};

struct Quality {
  std::optional<double>
      noise_floor;  // Relative standard deviation of repeated measurements of one point, minutes apart.
  std::optional<Drift> drift;
  std::vector<HeldOut> held_out;
  std::vector<Correction> corrections;
  std::vector<LeftOut> left_out;

  // Returns the p-quantile of |residual|, 0 <= p <= 1; nothing without held-out measurements.
  std::optional<double> held_out_residual(double p) const;
  bool operator==(const Quality&) const = default;
};

}  // namespace tideline::table
