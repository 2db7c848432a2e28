// TermFit: one term of a request (head, encode, tail) under the conditions of all three sides.
//
// Its own side by a two-way fit (two_way.h) of what was measured while the others were at their baseline, times what
// the mean exceeds the fitted centre by (mean_ratio.h): means add up to the mean of a request, centres do not. What
// another side does to it (two processes on one machine; caches that cool while a slow link sends) is a factor for each
// of that side's conditions, measured while only that side was stressed, and kept as far as it is certain: times max(0,
// 1 - s2 / effect2), as James and Stein (1961) shrink. An interaction of own and other side, where the held-out
// measurements prove one, is one number (Tukey 1949). A value. Thread-safe once it is made.
#pragma once

#include "profiler/fit/mean_ratio.h"
#include "profiler/fit/sides.h"
#include "profiler/fit/two_way.h"
#include "profiler/journal/sample.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace tideline {

// Returns `effect` as far as it is certain; `error` is its standard error.
double shrunk(double effect, double error);

class TermFit {
 public:
  enum class Own { edge, cloud };
  struct What {
    Duration Terms::* term;
    Own own;
    std::vector<std::uint32_t> item;  // By candidate: those with the same number take the same.
  };

  // Returns invalid when the readings do not connect what was measured.
  static Result<TermFit> fit(const What& what, const Sides& sides, std::span<const Sample> samples);

  // Whether the condition of this cell on the term's own side was measured, and the candidate at all.
  bool covers(std::uint32_t cell, std::uint32_t candidate) const;
  // REQUIRES of all below: covers().
  double predict(std::uint32_t cell, std::uint32_t candidate) const;         // Nanoseconds.
  double standard_error(std::uint32_t cell, std::uint32_t candidate) const;  // Nanoseconds.
  // Returns how much longer the term takes in this cell than in the baseline, whatever the candidate.
  double slowdown(std::uint32_t cell) const;
  // Returns what the interaction's coefficient is multiplied with in the logarithm; 0 where a side is unstressed, or
  // the term too small to tell.
  double interaction(std::uint32_t cell, std::uint32_t candidate) const;
  void set_coefficient(double coefficient) { coefficient_ = coefficient; }

 private:
  static constexpr std::uint32_t kNone = ~0u;

  std::uint32_t own(std::uint32_t cell) const;
  double other(std::uint32_t cell) const;  // Of the logarithm.
  const MeanRatio& ratio(std::uint32_t cell, std::uint32_t candidate) const;

  Sides sides_;
  Own side_ = Own::edge;
  std::optional<TwoWayFit> fit_;                 // Nothing when no candidate takes long enough.
  std::vector<MeanRatio> ratios_;                // By item, then condition.
  std::uint32_t conditions_ = 0;                 // In the fit.
  std::vector<std::uint32_t> item_;              // In the fit, by candidate; kNone for those below.
  std::vector<std::uint32_t> condition_;         // In the fit, by condition of the own side; kNone: not measured.
  std::vector<std::optional<double>> constant_;  // By candidate, where it takes next to nothing: nanoseconds.
  std::vector<double> by_other_, by_link_;       // Effects on the logarithm.
  double coefficient_ = 0;
};

}  // namespace tideline
