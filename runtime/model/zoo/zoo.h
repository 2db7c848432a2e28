// Zoo: reference networks with seeded random weights, written as TorchScript files.
//
// README.md says what each is. They give scores: none ends in a softmax.
#pragma once

#include "runtime/base/result.h"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace tideline {

// The names that write_zoo_model() knows, in alphabetical order.
std::span<const std::string_view> zoo_names();

// Writes the network to `file` with its input's type and shape as extra data. The same name and seed give the same
// weights. Returns invalid, listing the names, when it knows none of that name; internal when the file cannot be
// written.
Result<void> write_zoo_model(std::string_view name, std::uint64_t seed, const std::filesystem::path& file);

}  // namespace tideline
