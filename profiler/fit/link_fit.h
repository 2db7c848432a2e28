// LinkFit: what sending so many bytes takes on one link: a line, intercept + bytes / rate, and what is certain beside
// it.
//
// The line is fitted to the relative errors (a small tensor's milliseconds count as much as a large one's seconds) by
// iteratively reweighted least squares with Huber's weights, from a start by Theil and Sen. What sizes that were
// measured deviate from it (a shaper's burst, a window that opens) is kept as far as it is certain, as interactions are
// in two_way.h, and taken over to the sizes between them. An immutable value. Thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace tideline {

struct Transfer {
  std::uint32_t candidate = 0;  // What was sent: the same for the same sort of tensor.
  double bytes = 0;
  double seconds = 0;  // Positive.
};

class LinkFit {
 public:
  double predict(double bytes) const;               // Seconds; positive.
  double standard_error() const { return error_; }  // Relative.
  double intercept() const { return intercept_; }   // Seconds.
  double seconds_per_byte() const { return slope_; }

 private:
  friend std::optional<LinkFit> fit_link(std::span<const Transfer> transfers);

  struct Knot {
    double log_bytes = 0;
    double deviation = 0;  // Of the logarithm.
  };
  double line(double bytes) const;
  double deviation(double bytes) const;

  double intercept_ = 0;
  double slope_ = 0;
  double least_ = 0;         // What no prediction falls below, whatever the line says.
  std::vector<Knot> knots_;  // Rising.
  double error_ = 0;
};

// Returns nothing without any transfer. Those of one size alone give a constant.
std::optional<LinkFit> fit_link(std::span<const Transfer> transfers);

}  // namespace tideline
