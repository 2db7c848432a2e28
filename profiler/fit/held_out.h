// Held out: validates predictions by cells that were also measured, and derives corrections from them.
//
// A prediction never uses the measurement that it is compared with: corrections are fitted on one half of the cells and
// judged on the other half, and vice versa. Pure functions. Thread-safe.
#pragma once

#include "policy/table/quality.h"
#include "profiler/fit/separable.h"
#include "profiler/journal/sample.h"

#include <span>
#include <vector>

namespace tideline::fit {

struct Validation {
  std::vector<table::HeldOut> held_out;
  std::vector<table::Correction> corrections;  // The accepted ones; `model` has them.
  double model_sd = 0;                         // Relative error of the predictions: the residuals' excess over noise.
};

// Validates `model` by the samples of cells in which more than one side is stressed. For head and tail, an interaction
// of edge and cloud is accepted if three conditions hold. Its coefficient exceeds 2.5 standard errors. It changes the
// term by at least 1 %. In cells that were not used for its fit, it reduces the term's median residual.
Validation validate(Separable& model, const journal::Context& context, std::span<const journal::Sample> samples);

}  // namespace tideline::fit
