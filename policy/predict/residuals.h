// Residuals: how much slower single heads and tails run than all of them. Values.
#pragma once

#include <vector>

namespace tideline::predict {

// By cut: measured time over the product of table and slowdown. Cuts beyond the end have 1.
struct Residuals {
  std::vector<double> heads;
  std::vector<double> tails;
};

}  // namespace tideline::predict
