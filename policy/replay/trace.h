// Trace: a quantity over time (bandwidth or CPU load) and its integral. trace_csv.h reads and writes its files.
//
// A value holds from its row until the next; the last row lasts as long as the one before it. After its end a trace
// repeats. Times are seconds from its start. Immutable. Thread-safe.
#pragma once

#include "runtime/base/result.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tideline::replay {

using Seconds = double;

class Trace {
 public:
  enum class Kind { bandwidth, cpu };  // Values are bits per second; shares, 0 to 1.
  struct Row {
    Seconds from = 0;
    double value = 0;
    bool operator==(const Row&) const = default;
  };

  // Returns invalid unless the rows begin at 0, are at least a microsecond apart and have sensible values. Bandwidth
  // needs a value above zero. Less than one bit per second counts as zero: an outage.
  static Result<Trace> make(Kind kind, std::vector<Row> rows);

  Kind kind() const { return kind_; }
  const std::vector<Row>& rows() const { return rows_; }
  Seconds length() const { return ends_.back(); }
  // Returns the same trace, `factor` times faster. REQUIRES: factor > 0.
  Trace faster(double factor) const;

  double at(Seconds time) const;                      // REQUIRES: time >= 0, here and below.
  double integral(Seconds from, Seconds to) const;    // REQUIRES: from <= to.
  Seconds zero_time(Seconds from, Seconds to) const;  // How long the value was zero in this time.
  Seconds zero_since(Seconds time) const;             // How long it has been zero; zero if it is not.
  Seconds reach(Seconds from, double amount) const;  // When the integral from `from` is `amount`. REQUIRES: mean() > 0.
  double mean() const { return sums_.back() / length(); }

  bool operator==(const Trace&) const = default;

 private:
  Trace(Kind kind, std::vector<Row> rows);

  std::size_t row_at(Seconds phase) const;
  Seconds phase(Seconds time) const;
  double sum(Seconds time, const std::vector<double>& sums, bool zeros) const;

  Kind kind_ = Kind::bandwidth;
  std::vector<Row> rows_;
  std::vector<Seconds> ends_;           // End of each row.
  std::vector<double> sums_;            // Integral of the value up to the end of each row.
  std::vector<double> zeros_;           // Time at zero up to the end of each row.
  std::vector<std::uint32_t> buckets_;  // For equal parts of the length: the row at the part's start.
};

// Limits of a trace that is read.
inline constexpr std::size_t kMostTraceText = std::size_t{64} << 20;
inline constexpr std::size_t kMostTraceRows = 4'000'000;
inline constexpr Seconds kLongestTrace = 1e7;
inline constexpr Seconds kLongestHold = 3600;  // A longer hold is a gap.
inline constexpr Seconds kShortestHold = 1e-6;
inline constexpr double kFastestTrace = 1e12;  // bit/s

}  // namespace tideline::replay
