// ZooNetworks: the zoo's networks by name, and how they are written. This header shows nothing of libtorch.
#pragma once

#include "runtime/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tideline::zoo {

// Returns the names in alphabetical order. Thread-safe.
const std::vector<std::string_view>& network_names();

// Writes the network with its `inputs.json`. Returns internal when libtorch or the disk fails.
// REQUIRES: `name` is one of network_names().
Result<void> write_network(std::string_view name, std::uint64_t seed, const std::string& file);

}  // namespace tideline::zoo
