// LinkFit: the transfer time of any number of bytes over one link: a line, intercept + bytes / rate, plus certain
// deviations.
//
// The line is fitted to relative errors: milliseconds of a small tensor count as much as seconds of a large one. The
// method is iteratively reweighted least squares with Huber's weights, starting from the line of Theil and Sen.
// Measured sizes may deviate from the line (a shaper's burst, a window that opens). Deviations are kept to the extent
// that they are certain, like interactions in two_way.h, and interpolated between sizes. An immutable value.
// Thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace tideline::fit {

struct Transfer {
  std::uint32_t candidate = 0;  // The sent tensor; equal for the same kind of tensor.
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
  double least_ = 0;         // Lower bound of every prediction.
  std::vector<Knot> knots_;  // Rising.
  double error_ = 0;
};

// Returns nothing without transfers. Transfers of only one size give a constant.
std::optional<LinkFit> fit_link(std::span<const Transfer> transfers);

}  // namespace tideline::fit
