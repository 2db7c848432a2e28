// Split: head and tail of a cut as TorchScript files of their own, for other runtimes.
#pragma once

#include "runtime/base/result.h"
#include "runtime/model/api/model.h"

#include <cstdint>
#include <filesystem>

namespace tideline {

// Writes head.pt and tail.pt into `folder`, which is made where it is not there. The head takes what the network takes
// and returns what crosses at the cut, a tensor or a tuple of them; the tail takes that and returns what the network
// returns. They hold the operators of the network as it was written, so that run one after the other, by any libtorch,
// they compute what it computes. `file` is what `model` was loaded from. Returns invalid when the cut is not between
// operators of the network, internal when a file cannot be written.
Result<void> write_split(const Model& model, const std::filesystem::path& file, std::uint32_t cut,
                         const std::filesystem::path& folder);

}  // namespace tideline
