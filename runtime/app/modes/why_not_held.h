// Compares the models of a cloud with a model of this edge.
#pragma once

#include "runtime/app/modes/load_models.h"
#include "runtime/link/link.h"

#include <string>

namespace tideline::modes {

// Returns why the cloud cannot run tails of the model, and a remedy; empty if it holds the same model with the same
// cuts.
std::string why_not_held(const link::LinkState& cloud, const NamedModel& named);

}  // namespace tideline::modes
