// Block: gathers the readings of a span of time into one quantile, so that readings near in time count once.
//
// A value; each reading comes with its time.
#pragma once

#include "runtime/base/time.h"

#include <cstddef>
#include <optional>
#include <vector>

namespace tideline::estimate {

class Block {
 public:
  struct Design {
    Duration span{};         // The least time that a block lasts.
    std::size_t fewest = 1;  // Readings without which it lasts longer.
    double quantile = 0.5;   // 0 to 1.
  };
  explicit Block(const Design& design) : design_(design) {}

  // Takes a reading. If the block before it is complete, returns its quantile, and the reading begins the next one. Of
  // each block, the first 512 readings count.
  std::optional<double> add(double reading, TimePoint at);

 private:
  Design design_;
  TimePoint began_;
  std::vector<double> readings_;
};

}  // namespace tideline::estimate
