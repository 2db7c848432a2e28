// HeadSlowdown: estimates how much slower heads run than in the table: one common factor, and a deviation for each cut.
//
// A Kalman filter on logarithms. Its state is a common random walk ls and, for each cut, a deviation lr. An lr returns
// to 0 with time constant tau: it is an Ornstein-Uhlenbeck process with variance v. The deviations exist because a load
// or a quota does not slow all heads alike. Only variances are kept, no covariances.
// A reading y = ln(measured / table) of cut k, dt after the last, has the variance R = r[k] + (slice / table)^2: a
// thread that waits for a CPU waits for a slice of the scheduler or of a quota, however short the head.
//   P += q*dt;  a = exp(-dt/tau);  lr[.] *= a;  Pr[.] = v + a^2 (Pr[.] - v)
//   S = P + Pr[k] + R;  e = y - ls - lr[k], at most 3 sqrt(S);  ls += P/S*e;  lr[k] += Pr[k]/S*e
//   P *= 1-P/S;  Pr[k] *= 1-Pr[k]/S;  r[k] += 0.03 (e^2 - S), but at least 0.01 (by the variance of
//   innovations, e.g. Mehra, "On the identification of variances and adaptive Kalman filtering", 1970)
// One outlier counts as a scheduler slice and is limited. If the next reading deviates to the same side by more than
// sqrt(S), it counts as a step: it is accepted fully, and e^2 is added to P. The first reading is accepted fully, too.
// A value; each reading comes with its time.
#pragma once

#include "policy/predict/latency_model.h"
#include "runtime/base/time.h"

#include <cstdint>
#include <map>
#include <optional>

namespace tideline::estimate {

class HeadSlowdown {
 public:
  // The head of `cut` took `measured`; the table says `table`. Ignores readings that make no sense, and heads shorter
  // than 0.2 ms.
  void update(std::uint32_t cut, Duration measured, Duration table, TimePoint at);

  std::optional<double> value() const;       // Common factor of all cuts; absent before the first reading.
  predict::HeadResiduals residuals() const;  // By cut, up to the last one read; each within 1/5 to 5.
  std::optional<TimePoint> last() const { return last_; }
  // Returns a lower bound of the edge's slowdown if a running head of `cut` has taken `so_far`. Returns nothing if the
  // head may just wait for its slice, which is always possible for a head shorter than 6 ms.
  std::optional<double> at_least(std::uint32_t cut, Duration so_far, Duration table) const;

 private:
  struct Residual {
    double mean = 0;
    double variance = 0;
    double noise = 0;  // Variance of a reading.
  };
  double believed(double error, double sd);
  void fade(double gone);

  double common_ = 0;
  double variance_ = 0.01;  // After the first reading.
  std::map<std::uint32_t, Residual> residuals_;
  int wild_ = 0;  // Sign of the last reading if it was an outlier, else 0.
  std::optional<TimePoint> last_;
};

}  // namespace tideline::estimate
