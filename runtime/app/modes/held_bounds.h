// The limits of the bytes held for others.
#pragma once

#include "runtime/app/config/config.h"
#include "runtime/base/budget.h"

namespace tideline::modes {

// The most bytes to hold for clients and peers, by the config or by the memory of this machine.
Budget::Bounds held_bounds(const config::Config& config);

}  // namespace tideline::modes
