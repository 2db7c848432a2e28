// SentRatios: estimates how many bytes requests send, relative to the table, for codecs whose bytes depend on the
// content.
//
// A Kalman filter on logarithms for each family of codecs, as HeadSlowdown is one for heads. Its state is a common
// random walk x (the scene) and, for each plan, a deviation d that returns to 0 with time constant tau. The reading
// y = ln(sent / table) of plan k, dt after the last, has the variance r: how much requests differ from one another.
//   x *= 2^(-dt/h);  P += q + p*dt;  a = exp(-dt/tau);  d[.] *= a;  Pd[.] = v + a^2 (Pd[.] - v)
//   S = P + Pd[k] + r;  e = y - x - d[k], at most 3 sqrt(S);  x += P/S*e;  d[k] += Pd[k]/S*e
//   P *= 1-P/S;  Pd[k] *= 1-Pd[k]/S;  r += 0.05 (e^2 - S), but at least 0.0004
// One outlier is limited: a stream sends a whole tensor now and then. If the next reading deviates to the same side by
// more than sqrt(S), it counts as a step (another scene): it is accepted fully, and e^2 is added to P.
// Without readings x returns to 0, the table: a plan that no longer serves would never show that it is cheap again.
// A value; each reading comes with its time.
#pragma once

#include "policy/predict/wire_ratios.h"
#include "runtime/base/time.h"
#include "runtime/base/units.h"

#include <map>

namespace tideline::estimate {

class SentRatios {
 public:
  // A request of `plan` has `sent` bytes; the table says `table`. Ignores codecs of a fixed size, and empty sizes.
  void update(const plan::Plan& plan, Bytes sent, Bytes table, TimePoint at);

  predict::WireRatios read(TimePoint now) const;

 private:
  struct Own {
    double mean = 0;
    double variance = 0;
  };
  struct Family {
    double scene = 0;
    double variance = 0;
    double spread = 0;  // Variance of a reading.
    int wild = 0;       // Sign of the last reading if it was an outlier, else 0.
    TimePoint last;
    std::map<predict::WireRatios::CutAndCodec, Own> plans{};

    void pass(double gone);  // Seconds without a reading.
    void take(Own& own, double reading);
    double believed(double error, double sd);
    predict::WireRatio ratio(const Own& own) const;
  };
  std::map<predict::WireFamily, Family> families_;
};

}  // namespace tideline::estimate
