// TwoSidedDetector: tells whether a value that should stay within a band has left it for good, on either side.
//
// Two ChangeDetectors, one for each side. A value.
#pragma once

#include "policy/estimate/change_detector.h"

#include <algorithm>

namespace tideline::estimate {

class TwoSidedDetector {
 public:
  explicit TwoSidedDetector(const ChangeDetector::Design& design) : above_(design), below_(design) {}

  // Takes the value of the next block, which should be between -band and band.
  void update(double value, double band) {
    above_.update(value > band);
    below_.update(value < -band);
  }

  bool alarmed() const { return above_.alarmed() || below_.alarmed(); }
  double evidence() const { return std::max(above_.evidence(), below_.evidence()); }  // 0 to 1, as of a detector.

 private:
  ChangeDetector above_, below_;
};

}  // namespace tideline::estimate
