// Envelope: which of several lines is the lowest, where.
//
// For given slowdowns every plan's cost is a line over x = 1 / uplink: what it takes whatever the rate, plus bytes * x.
// Only those on the lower envelope can ever be best, and the breakpoints say at which rate the best plan changes.
// Built in O(n log n), asked in O(log n): the convex hull trick. A value; immutable. Thread-safe.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace tideline {

struct Line {
  double at_zero = 0;  // Finite, as is the next.
  double slope = 0;

  double at(double x) const { return at_zero + slope * x; }
};

class Envelope {
 public:
  explicit Envelope(std::span<const Line> lines);

  // Returns the place of a line that is lowest at `x`. REQUIRES: there is a line, and x >= 0.
  std::size_t best(double x) const;

  // The places of the lines that are lowest somewhere over x >= 0, from the left to the right.
  std::span<const std::size_t> members() const { return members_; }
  // Where the next member takes over; one fewer than there are members, rising.
  std::span<const double> breakpoints() const { return breakpoints_; }

 private:
  std::vector<std::size_t> members_;
  std::vector<double> breakpoints_;
};

}  // namespace tideline
