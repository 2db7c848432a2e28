// TermFit: predicts one term of a request (head, encode, tail) under the conditions of all three sides.
//
// The term's own side: means of items under conditions (mean_fit.h), from the cells in which the other sides are at
// their baseline. Means add up to the mean of a request, centres do not. Other sides (two processes on one machine;
// caches that cool while a slow link sends): a factor for each of their conditions, measured while only that side was
// stressed. A factor counts only if it is certain beyond the noise floor: a machine differs from one minute to another,
// too. Interaction of own and other side: one number (Tukey 1949), if the held-out measurements prove it. A value.
// Thread-safe after construction.
#pragma once

#include "profiler/fit/mean_fit.h"
#include "profiler/fit/sides.h"
#include "profiler/journal/sample.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace tideline::fit {

// Returns `effect`, shrunk to the extent that it is uncertain; `error` is its standard error.
double shrunk(double effect, double error);

class TermFit {
 public:
  enum class Own { edge, cloud };
  struct What {
    Duration table::Terms::* term;
    Own own;
    std::vector<std::uint32_t> item;  // By candidate; candidates with the same number take the same time.
  };

  // The effects of cells that were kept are relative to the former baseline. `floor` is the campaign's noise floor, 0
  // if it is not known.
  static TermFit fit(const What& what, const Sides& sides, std::span<const journal::Sample> samples,
                     const journal::Kept& kept, double floor);

  // Returns true iff the candidate was measured, and so was the cell's condition on the term's own side.
  bool covers(std::uint32_t cell, std::uint32_t candidate) const;
  // REQUIRES of all below: covers().
  double predict(std::uint32_t cell, std::uint32_t candidate) const;         // Nanoseconds.
  double standard_error(std::uint32_t cell, std::uint32_t candidate) const;  // Nanoseconds.
  // Returns the slowdown of the term in this cell relative to the baseline; the same for all candidates.
  double slowdown(std::uint32_t cell) const;
  // Returns the factor of the interaction's coefficient in the logarithm; 0 if a side is unstressed, or the term is too
  // small to measure.
  double interaction(std::uint32_t cell, std::uint32_t candidate) const;
  void set_coefficient(double coefficient) { coefficient_ = coefficient; }

 private:
  static constexpr std::uint32_t kNone = ~0u;

  std::uint32_t own(std::uint32_t cell) const;
  double other(std::uint32_t cell) const;  // Effect on the logarithm.
  void fit_own_side(const What& what, std::span<const journal::Sample> samples);
  void fit_other_sides(const What& what, std::span<const journal::Sample> samples, const journal::Kept& kept,
                       double floor);

  Sides sides_;
  Own side_ = Own::edge;
  std::optional<MeanFit> fit_;            // Absent if no candidate takes long enough.
  std::vector<std::uint32_t> item_;       // Item in the fit, by candidate; kNone for the candidates in constant_.
  std::vector<std::uint32_t> condition_;  // Condition in the fit, by condition of the own side; kNone: not measured.
  std::vector<std::optional<double>> constant_;  // Nanoseconds, by candidate, if it takes almost no time.
  std::vector<double> by_other_, by_link_;       // Effects on the logarithm.
  double coefficient_ = 0;
};

}  // namespace tideline::fit
