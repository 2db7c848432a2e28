// Quality: what a campaign found out about its own measurements, kept with the table that they became.
//
// Values and pure functions. Thread-safe.
#pragma once

#include "policy/plan/plan.h"
#include "policy/plan/stress.h"
#include "runtime/base/time.h"

#include <optional>
#include <string>
#include <vector>

namespace tideline {

// Whether the machines were at the end what they were at the beginning, by points that were measured again and again.
struct Drift {
  double change = 0;   // Of the time that they take, over the campaign: 0.1 is a tenth slower at the end.
  double p_value = 1;  // How likely a change as steady is by chance (Mann-Kendall).
  bool drifted = false;

  bool operator==(const Drift&) const = default;
};

// A plan in a cell that was predicted from others and then measured.
struct HeldOut {
  Stress asked;
  Plan plan;
  Duration measured{};   // Total; both above 0.
  Duration predicted{};  // Without any use of this measurement.

  // Returns (predicted - measured) / measured.
  double residual() const;
  bool operator==(const HeldOut&) const = default;
};

// A cell that is not in the table.
struct LeftOut {
  Stress asked;
  std::string reason;

  bool operator==(const LeftOut&) const = default;
};

// An interaction of the two sides that the held-out measurements proved: a term's logarithm is changed by
// `coefficient` x the logarithms of what either side's stress does to it (Tukey 1949, one degree of freedom).
struct Correction {
  std::string term;  // "head" or "tail".
  double coefficient = 0;
  double error = 0;  // Standard error.

  bool operator==(const Correction&) const = default;
};

struct Quality {
  std::optional<double> noise_floor;  // Relative standard deviation of the same point, minutes apart.
  std::optional<Drift> drift;
  std::vector<HeldOut> held_out;
  std::vector<Correction> corrections;
  std::vector<LeftOut> left_out;

  // Returns the p-quantile of |residual|, 0 <= p <= 1; nothing without held-out measurements.
  std::optional<double> held_out_residual(double p) const;
  bool operator==(const Quality&) const = default;
};

}  // namespace tideline
