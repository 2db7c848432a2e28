// MeasuredPart: a journal without the candidates that a campaign left out to keep its budget. A pure function.
// Thread-safe.
#pragma once

#include "profiler/journal/sample.h"

namespace tideline::fit {

// Returns `measured` without the candidates that have no sample in the first cell; the others keep their order. No cell
// can be compared without that one. Returns it unchanged if no candidate has one.
journal::Measurements measured_part(const journal::Measurements& measured);

}  // namespace tideline::fit
