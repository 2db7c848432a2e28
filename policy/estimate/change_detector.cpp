#include "policy/estimate/change_detector.h"

#include <algorithm>
#include <cmath>

namespace tideline::estimate {

ChangeDetector::ChangeDetector(const Design& design)
    : up_(std::log(design.changed / design.usual)),
      down_(std::log((1 - design.changed) / (1 - design.usual))),
      most_(std::log(design.blocks)) {}

void ChangeDetector::update(bool happened) {
  log_ = std::min(most_, std::max(log_, 0.0) + (happened ? up_ : down_));
  if (log_ >= most_) alarmed_ = true;
  if (log_ <= 0) alarmed_ = false;
}

double ChangeDetector::evidence() const {
  return std::max(log_, 0.0) / most_;
}

}  // namespace tideline::estimate
