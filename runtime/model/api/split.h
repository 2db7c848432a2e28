// Split: writes head and tail of a cut as two TorchScript files, for other runtimes.
//
//     const auto model = Model::load("net.pt", {});
//     if (!model) return model.error();
//     return write_split(**model, "net.pt", 3, "halves");  // halves/head.pt, halves/tail.pt
#pragma once

#include "runtime/base/result.h"
#include "runtime/model/api/model.h"

#include <cstdint>
#include <filesystem>

namespace tideline::model {

// Writes head.pt and tail.pt into `folder`, and creates it if needed. The head takes the network's inputs and returns
// what crosses at the cut, a tensor or a tuple. The tail takes that and returns the network's outputs. Both hold the
// operators of the network as written, so any libtorch that runs one after the other computes the network's result.
// REQUIRES: `model` was loaded from `file`. Returns invalid when the cut is not between operators of the network,
// internal when a file cannot be written.
Result<void> write_split(const Model& model, const std::filesystem::path& file, std::uint32_t cut,
                         const std::filesystem::path& folder);

}  // namespace tideline::model
