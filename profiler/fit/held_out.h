// Held out: cells that were predicted and then measured, and what they correct.
//
// Each is predicted without any use of itself: corrections are fitted on one half of the cells and judged on the other,
// and the other way round. Pure functions.
#pragma once

#include "policy/table/quality.h"
#include "profiler/fit/separable.h"
#include "profiler/journal/sample.h"

#include <span>
#include <vector>

namespace tideline {

struct Validation {
  std::vector<HeldOut> held_out;
  std::vector<Correction> corrections;  // Those that were kept; `model` has them.
  double model_sd = 0;                  // Relative, of the predictions: what residuals exceed noise by.
};

// Judges `model` by the samples of cells in which more than one side is stressed. For head and tail, an interaction of
// their own side with the other is kept when its coefficient exceeds 2.5 standard errors, it changes the term by a
// hundredth or more, and, in cells that it was not fitted to, makes the median residual of the term smaller.
Validation validate(Separable& model, const Context& context, std::span<const Sample> samples);

}  // namespace tideline
