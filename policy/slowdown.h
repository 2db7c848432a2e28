// HeadSlowdown: how much slower heads run than in the table: one factor for all, and a small residual for each cut.
//
// A Kalman filter on logarithms whose state is a common walk ls and a constant lr per cut, of which only the variances
// are kept. A reading y = ln(measured / table) of cut k has the variance R = r + (timer / table)^2:
//   P += q*dt;  S = P + Pr[k] + R;  e = y - ls - lr[k];  ls += P/S*e;  lr[k] += Pr[k]/S*e;  P *= 1-P/S;  Pr[k] *=
//   1-Pr[k]/S
// The first reading is believed. (Two averages that each follow the other's error would drift away together.) A value;
// time comes in with each reading.
#pragma once

#include "policy/additive.h"
#include "runtime/base/time.h"

#include <cstdint>
#include <map>
#include <optional>

namespace tideline {

class HeadSlowdown {
 public:
  // The head of `cut` took `measured` where the table says `table`. Readings that make no sense are ignored, and so are
  // heads that are too short to tell (0.2 ms).
  void update(std::uint32_t cut, Duration measured, Duration table, TimePoint at);

  std::optional<double> value() const;  // Of all cuts; absent before the first reading.
  HeadResiduals residuals() const;      // By cut, up to the last that was read; each within 2/3 to 3/2.
  std::optional<TimePoint> last() const { return last_; }

 private:
  struct Residual {
    double mean = 0;
    double variance = 0.01;  // 10 % of error in the table.
  };

  double common_ = 0;
  double variance_ = 0.01;  // After the first reading.
  std::map<std::uint32_t, Residual> residuals_;
  std::optional<TimePoint> last_;
};

}  // namespace tideline
