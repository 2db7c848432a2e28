// LinkFit: the transfer time of any number of bytes over one link: a latency, then a line, plus certain deviations.
//
// A few bytes take the latency, however few. More take intercept + bytes / rate once that is longer. The intercept may
// be negative: a token bucket lets a burst pass at once (RFC 2697). A line through all sizes would be too flat, and
// wrong beyond the largest size. The line is fitted to relative errors: milliseconds of a small tensor count as much as
// seconds of a large one. Each transfer counts with its own bytes, as the size of a coded image depends on the image.
// The method is iteratively reweighted least squares with Huber's weights. The line begins at the size with which the
// errors are smallest. Measured sizes may deviate from that (a window that opens). Deviations are kept to the extent
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

 private:
  friend std::optional<LinkFit> fit_link(std::span<const Transfer> transfers);

  struct Knot {
    double log_bytes = 0;
    double deviation = 0;  // Of the logarithm.
  };
  void bend(std::span<const Transfer> transfers);
  void deviate(std::span<const Transfer> transfers);
  double errors(std::span<const Transfer> transfers) const;
  double hinge(double bytes) const;
  double deviation(double bytes) const;

  double latency_ = 0;       // Seconds, as is the intercept.
  double intercept_ = 0;     // Negative by a burst that passes at once.
  double slope_ = 0;         // Seconds per byte.
  std::vector<Knot> knots_;  // Rising.
  double error_ = 0;
};

// Returns nothing without transfers. Transfers of only one size give a constant.
std::optional<LinkFit> fit_link(std::span<const Transfer> transfers);

}  // namespace tideline::fit
