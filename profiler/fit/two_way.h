// TwoWayFit: what items take under conditions, as item effect x condition effect, from noisy and incomplete readings.
//
// The model, in logarithms, since noise and slowdowns multiply times:  y_ijr = a_i + b_j + d_ij + e_ijr.
//  * Each pair's readings become one robust centre, their Huber M-estimate (Huber 1964), with the variance v_ij of it:
//    the scale comes from differences within pairs (Rousseeuw and Croux 1993) and a pair's own spread, of few readings,
//    is drawn towards that of all (Smyth 2004).
//  * a and b are fitted by weighted least squares, with Huber's weights for pairs that do not fit. The variance tau2 of
//    the interactions d is that with which residuals are as large as they should be (Paule and Mandel 1982).
//  * An interaction is kept as far as it is certain: d_ij = tau2 / (tau2 + v_ij) of the pair's residual, which is its
//    best linear unbiased predictor; so is the error of a prediction (Robinson, "That BLUP is a good thing", 1991).
// An immutable value. Thread-safe.
#pragma once

#include "runtime/base/result.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tideline {

struct Reading {
  std::uint32_t item = 0;
  std::uint32_t condition = 0;
  double value = 0;  // Positive and finite; the unit is the caller's.
};

class TwoWayFit {
 public:
  // Returns what `item` takes under `condition`, in the unit of the readings: the centre of what would be read.
  // REQUIRES: both were among those fitted; so for the next.
  double predict(std::uint32_t item, std::uint32_t condition) const;
  // Returns the relative standard error of predict(): of its logarithm.
  double standard_error(std::uint32_t item, std::uint32_t condition) const;

  // Returns how much longer everything takes under `condition` than under condition 0.
  double slowdown(std::uint32_t condition) const;
  // Returns the relative standard deviation of one reading about its pair's centre, outliers aside.
  double residual_sd() const { return residual_sd_; }
  // Returns the relative standard deviation of the interactions; 0 when item x condition explains all but noise.
  double interaction_sd() const { return interaction_sd_; }

 private:
  friend class TwoWayFitter;

  std::uint32_t conditions_ = 0;
  std::vector<double> logs_;     // By item, then condition; so the next.
  std::vector<double> errors_;   // Of the logarithms.
  std::vector<double> effects_;  // By condition, of logarithms.
  double residual_sd_ = 0;
  double interaction_sd_ = 0;
};

// Bounds of a fit: its predictions, and the side that has fewer of items and conditions.
inline constexpr std::size_t kMostPairs = 5'000'000;
inline constexpr std::uint32_t kMostEffects = 2'000;

// Pairs may be missing. Returns invalid when a reading is not positive and finite or not of an item and condition that
// there is; when there are none or too many; or when the readings do not connect all items and conditions with each
// other, so that some cannot be compared.
Result<TwoWayFit> fit_two_way(std::span<const Reading> readings, std::uint32_t items, std::uint32_t conditions);

}  // namespace tideline
