// Estimators: noisy positive readings in, the present value out. Values; time comes in with each reading.
#pragma once

#include "runtime/base/time.h"

#include <optional>

namespace tideline {

// Kalman filter on the logarithm of a positive quantity (goodput, slowdown) that walks at random: errors of such
// quantities are multiplicative, and one wild reading moves the estimate by at most a factor e^2. A second one on the
// same side is no outlier but a step, and is believed. Update (standard scalar Kalman filter, e.g. Welch and Bishop,
// "An Introduction to the Kalman Filter", 1995):
//   P += q*dt;  G = P/(P+r);  x += G*clamp(ln y - x, -2, 2);  P *= 1-G
class LogKalman {
 public:
  struct Noise {
    double walk = 1.0;      // q: variance of ln(value) gained per second.
    double reading = 0.02;  // r: variance of ln(reading).
  };

  LogKalman() = default;
  explicit LogKalman(Noise noise) : noise_(noise) {}

  // Takes a reading. One that is not positive and finite is ignored.
  void update(double reading, TimePoint at);

  // Takes a reading of which is only known that the quantity is no smaller: it raises the estimate or changes nothing.
  void update_at_least(double reading, TimePoint at);

  // Returns the estimate; absent before the first reading.
  std::optional<double> value() const;
  // Returns the standard deviation of ln(value) at `at`, which grows with the time since the last reading:
  // sqrt(P + q*dt). Absent before the first reading.
  std::optional<double> sd(TimePoint at) const;
  // Returns what the value usually is: a mean of ln(readings) that forgets half in a minute, and of which each reading
  // is at least a fiftieth. Absent before the first reading.
  std::optional<double> usual() const;
  // Returns the time of the last reading; absent before the first.
  std::optional<TimePoint> last() const { return last_; }

 private:
  Noise noise_;
  double x_ = 0;
  double p_ = 0;
  double usual_ = 0;  // Of ln(value).
  int wild_ = 0;      // On which side the last reading lay too far off to be believed at once.
  std::optional<TimePoint> last_;
};

}  // namespace tideline
