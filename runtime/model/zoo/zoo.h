// Zoo: writes reference networks with seeded random weights as TorchScript files.
//
//     if (auto written = write_zoo_model("resnet50", 1, "resnet50.pt"); !written) return written.error();
//     const auto model = Model::load("resnet50.pt", {});
//
// README.md lists the networks. They return scores: none ends in a softmax.
#pragma once

#include "runtime/base/result.h"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace tideline::zoo {

// The valid names, in alphabetical order.
std::span<const std::string_view> zoo_names();

// Writes the network to `file`, with its input's type and shape as extra data. The same name and seed give the same
// weights. Returns invalid with the list of names when `name` is not one of them; internal when the file cannot be
// written.
Result<void> write_zoo_model(std::string_view name, std::uint64_t seed, const std::filesystem::path& file);

}  // namespace tideline::zoo
