// Estimators: turn noisy positive readings into a current value. Values; each reading comes with its time.
#pragma once

#include "runtime/base/time.h"

#include <optional>

namespace tideline::estimate {

// Kalman filter on the logarithm of a positive quantity (goodput, slowdown) that follows a random walk. The logarithm
// fits, because errors of such quantities are multiplicative. One outlier moves the estimate by at most a factor e^2. A
// second outlier on the same side counts as a step and is accepted fully. Update (standard scalar Kalman filter, e.g.
// Welch and Bishop, "An Introduction to the Kalman Filter", 1995):
//   P += q*dt;  G = P/(P+r);  x += G*clamp(ln y - x, -2, 2);  P *= 1-G
class LogKalman {
 public:
  struct Noise {
    double walk = 1.0;      // q: variance of ln(value) gained per second.
    double reading = 0.02;  // r: variance of ln(reading).
  };

  LogKalman() = default;
  explicit LogKalman(Noise noise) : noise_(noise) {}

  // Takes a reading. Ignores it unless it is positive and finite.
  void update(double reading, TimePoint at);

  // Takes a lower bound of the quantity. A greater one than the estimate raises it. One that equals it, but for noise,
  // counts as a reading and leaves the value. A lower one tells nothing and is ignored.
  void update_at_least(double reading, TimePoint at);
  // Returns true iff the last reading that counted was a lower bound: the quantity may be far greater.
  bool is_bound() const { return bound_; }

  // Returns the estimate; absent before the first reading.
  std::optional<double> value() const;
  // Returns the standard deviation of ln(value) at `at`: sqrt(P + q*dt). It grows with the time since the last reading.
  // Absent before the first reading.
  std::optional<double> sd(TimePoint at) const;
  // Returns the usual value: a mean of ln(readings) whose memory halves every minute. Each reading has a weight of at
  // least 2 %. Absent before the first reading.
  std::optional<double> usual() const;
  // Returns the time of the last reading; absent before the first.
  std::optional<TimePoint> last() const { return last_; }

 private:
  double pass_until(TimePoint at);  // Returns the seconds since the last reading.

  Noise noise_;
  double x_ = 0;
  double p_ = 0;
  double usual_ = 0;  // Usual ln(value).
  int wild_ = 0;      // Sign of the last reading if it was an outlier, else 0.
  bool bound_ = false;
  std::optional<TimePoint> last_;
};

}  // namespace tideline::estimate
