// HeadSlowdown: how much slower heads run than in the table: one factor for all, and what each cut differs from it by.
//
// A Kalman filter on logarithms whose state is a common probe_cuts ls and, by cut, an lr that goes back to 0 in tau (an
// Ornstein-Uhlenbeck process with the variance v: a load, or a quota, does not fall on all heads alike, and what it did
// to one is believed for a while). Only variances are kept. A reading y = ln(measured / table) of cut k, dt after the
// last, has the variance R = r[k] + (slice / table)^2, for whoever waits for a CPU waits for a slice of the scheduler's
// or of a quota's, however short the head:
//   P += q*dt;  a = exp(-dt/tau);  lr[.] *= a;  Pr[.] = v + a^2 (Pr[.] - v)
//   S = P + Pr[k] + R;  e = y - ls - lr[k], at most 3 sqrt(S);  ls += P/S*e;  lr[k] += Pr[k]/S*e
//   P *= 1-P/S;  Pr[k] *= 1-Pr[k]/S;  r[k] += 0.03 (e^2 - S), but at least 0.01 (by the variance of
//   innovations, e.g. Mehra, "On the identification of variances and adaptive Kalman filtering", 1970)
// One wild reading is a slice of the scheduler's; if the next is off to the same side, by more than sqrt(S), it is a
// step and is believed: whole, with e^2 added to P. The first reading is believed, too. A value; time comes in with
// each reading.
#pragma once

#include "policy/predict/latency_model.h"
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
  HeadResiduals residuals() const;      // By cut, up to the last that was read; each within 1/5 to 5.
  std::optional<TimePoint> last() const { return last_; }
  // Returns how slow the edge is at least, when a head of `cut` that still runs has taken `so_far`; nothing where it
  // may just be waiting for its slice, as a short one (6 ms) always may.
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
  int wild_ = 0;  // On which side the last reading lay too far off to be believed at once.
  std::optional<TimePoint> last_;
};

}  // namespace tideline
