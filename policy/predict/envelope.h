// Envelope: the lower envelope of lines: says which line is lowest at any x.
//
// Under given slowdowns, a plan's cost is a line over x = 1 / uplink: a constant plus bytes * x. Only lines on the
// lower envelope can be the best plan. The breakpoints are the rates at which the best plan changes. Construction takes
// O(n log n), a question O(log n) (convex hull trick). An immutable value. Thread-safe.
//
//   const std::vector<Line> lines{{.at_zero = 0.1, .slope = 0}, {.at_zero = 0.02, .slope = 8e5}};
//   const Envelope envelope(lines);
//   envelope.best(1 / 5e6);   // 0: 0.1 s is less than 0.02 s + 0.16 s.
//   envelope.breakpoints();   // {1e-7}: line 1 is the lowest from 10 Mbit/s upwards.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace tideline::predict {

struct Line {
  double at_zero = 0;  // Finite.
  double slope = 0;    // Finite.

  double at(double x) const { return at_zero + slope * x; }
};

class Envelope {
 public:
  explicit Envelope(std::span<const Line> lines);

  // Returns the place of a line that is lowest at `x`. REQUIRES: there is a line, and x >= 0.
  std::size_t best(double x) const;

  // The places of the lines that are lowest somewhere over x >= 0, from left to right.
  std::span<const std::size_t> members() const { return members_; }
  // The x at which each next member becomes the lowest; rising, one fewer than the members.
  std::span<const double> breakpoints() const { return breakpoints_; }

 private:
  std::vector<std::size_t> members_;
  std::vector<double> breakpoints_;
};

}  // namespace tideline::predict
