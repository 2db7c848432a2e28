// TwoWayFit: predicts the time of items under conditions, as item effect x condition effect, from noisy, incomplete
// readings.
//
// The model, in logarithms, since noise and slowdowns multiply times:  y_ijr = a_i + b_j + d_ij + e_ijr.
//  * Each pair's readings become one robust centre, their Huber M-estimate (Huber 1964), with its variance v_ij. The
//    scale comes from differences within pairs (Rousseeuw and Croux 1993). A pair has few readings, so its own spread
//    is shrunk towards that of all pairs (Smyth 2004).
//  * a and b are fitted by weighted least squares, with Huber's weights for outlying pairs. The variance tau2 of the
//    interactions d is the value at which residuals are as large as expected (Paule and Mandel 1982).
//  * An interaction is kept to the extent that it is certain: d_ij = tau2 / (tau2 + v_ij) of the pair's residual. This
//    is its best linear unbiased predictor; so is the error of a prediction (Robinson, "That BLUP is a good thing",
//    1991).
// An immutable value. Thread-safe.
//
//   const std::vector<Reading> readings{{0, 0, 10}, {0, 1, 20}};  // Item, condition, value.
//   const Result<TwoWayFit> fit = fit_two_way(readings, 1, 2);    // 1 item, 2 conditions.
//   if (!fit) return fit.error();
//   const double slower = fit->slowdown(1);                       // 2: condition 1 takes twice as long as 0.
#pragma once

#include "runtime/base/result.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tideline::fit {

struct Reading {
  std::uint32_t item = 0;
  std::uint32_t condition = 0;
  double value = 0;  // Positive and finite; the unit is the caller's.
};

class TwoWayFit {
 public:
  // Returns the predicted centre of readings of `item` under `condition`, in their unit. REQUIRES: the fit has both.
  double predict(std::uint32_t item, std::uint32_t condition) const;
  // Returns the relative standard error of predict(): that of its logarithm. REQUIRES: the fit has both.
  double standard_error(std::uint32_t item, std::uint32_t condition) const;

  // Returns the slowdown of all items under `condition` relative to condition 0.
  double slowdown(std::uint32_t condition) const;
  // Returns the relative standard deviation of one reading about its pair's centre, without outliers.
  double residual_sd() const { return residual_sd_; }
  // Returns the relative standard deviation of the interactions; 0 if item x condition explains all but noise.
  double interaction_sd() const { return interaction_sd_; }

 private:
  friend class TwoWayFitter;

  std::uint32_t conditions_ = 0;
  std::vector<double> logs_;     // By item, then condition, as are the errors.
  std::vector<double> errors_;   // Of the logarithms.
  std::vector<double> effects_;  // By condition, of logarithms.
  double residual_sd_ = 0;
  double interaction_sd_ = 0;
};

// Limits of a fit: its predictions, and the smaller of the numbers of items and conditions.
inline constexpr std::size_t kMostPairs = 5'000'000;
inline constexpr std::uint32_t kMostEffects = 2'000;

// Pairs may be missing. Returns invalid in these cases: a reading is not positive and finite, or its item or condition
// does not exist; there are no readings or too many; or the readings do not connect all items and conditions, so that
// some cannot be compared.
Result<TwoWayFit> fit_two_way(std::span<const Reading> readings, std::uint32_t items, std::uint32_t conditions);

}  // namespace tideline::fit
