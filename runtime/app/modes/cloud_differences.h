// Where a cloud differs from this edge, or from the cloud that a table was measured with: sentences for the log, each
// empty if there is no difference. Pure functions. Thread-safe.
#pragma once

#include "runtime/app/modes/fingerprint.h"
#include "runtime/link/link.h"

#include <string>

namespace tideline::modes {

// `measured` is the precision that the plans were measured in, and that the edge insists on.
std::string other_precision(const link::LinkState& cloud, Precision measured, bool has_others);

// `measured` is the cloud of the table. Its kind of processor counts, if the table and the cloud tell.
std::string other_architecture(const link::LinkState& cloud, const Machine& measured);

// Both sum in another order: the processor, its vector instructions, or a library differs. Then the answers of both are
// equal but for rounding.
std::string other_rounding(const link::LinkState& cloud, const Machine& edge);

}  // namespace tideline::modes
