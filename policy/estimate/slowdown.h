// Slowdown: estimates how much slower the parts of a network run than in the table: heads on the edge, or tails in the
// cloud. One common factor, and a deviation for each cut.
//
// A Kalman filter on logarithms. Its state is a common random walk ls and, for each cut, a deviation lr. An lr returns
// to 0 with time constant tau: it is an Ornstein-Uhlenbeck process with variance v. The deviations exist because a load
// or a quota does not slow all parts alike. Only variances are kept, no covariances.
// A reading y = ln(measured / table) of cut k, dt after the last, has the variance R = r[k] + (slice / table)^2: a
// thread that waits for a CPU waits for a slice of the scheduler or of a quota, however short the part.
//   P += q*dt;  a = exp(-dt/tau);  lr[.] *= a;  Pr[.] = v + a^2 (Pr[.] - v)
//   S = P + Pr[k] + R;  e = y - ls - lr[k], at most 3 sqrt(S);  ls += P/S*e;  lr[k] += Pr[k]/S*e
//   P *= 1-P/S;  Pr[k] *= 1-Pr[k]/S;  r[k] += 0.03 (e^2 - S), but at least 0.01 (by the variance of
//   innovations, e.g. Mehra, "On the identification of variances and adaptive Kalman filtering", 1970)
// One outlier counts as a scheduler slice and is limited. If the next reading deviates to the same side by more than
// sqrt(S), it counts as a step: it is accepted fully, and e^2 is added to P. The first reading moves ls alone, from 0
// with variance P0. A value; each reading comes with its time.
#pragma once

#include "runtime/base/time.h"

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace tideline::estimate {

class Slowdown {
 public:
  // Variances of logarithms: how far a machine, and a cut of it, may be from its table.
  struct Prior {
    double common;  // P0
    double own;     // v
  };
  explicit Slowdown(const Prior& prior) : prior_(prior), variance_(prior.common) {}

  // The head or tail of `cut` took `measured`; the table says `table`. Ignores readings that make no sense, and parts
  // shorter than 0.2 ms.
  void update(std::uint32_t cut, Duration measured, Duration table, TimePoint at);

  std::optional<double> value() const;    // Common factor of all cuts; absent before the first reading.
  std::vector<double> residuals() const;  // By cut, up to the last one read; each within 1/5 to 5.
  std::optional<TimePoint> last() const { return last_; }
  // Returns a lower bound of the slowdown if a running part of `cut` has taken `so_far`. Returns nothing if it may just
  // wait for its slice, which is always possible for one shorter than 6 ms.
  std::optional<double> at_least(std::uint32_t cut, Duration so_far, Duration table) const;

 private:
  struct Residual {
    double mean = 0;
    double variance = 0;
    double noise = 0;  // Variance of a reading.
  };
  double believed(double error, double sd);
  void fade(double gone);

  Prior prior_;
  double common_ = 0;
  double variance_;
  std::map<std::uint32_t, Residual> residuals_;
  int wild_ = 0;  // Sign of the last reading if it was an outlier, else 0.
  std::optional<TimePoint> last_;
};

}  // namespace tideline::estimate
