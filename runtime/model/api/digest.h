// Digest: the name by which edge and cloud know that they hold the same network, cut alike.
//
// 64 hex digits: the first 32 of the SHA-256 of the file, and the first 32 of the SHA-256 of its list of cuts: of each
// the layer before it, and the types and shapes of what crosses there. The first half alone is the same for one file
// that is cut differently: by other versions of Tideline or libtorch, or for other inputs.
#pragma once

#include "runtime/base/result.h"
#include "runtime/model/api/model.h"

#include <filesystem>
#include <span>
#include <string>

namespace tideline {

// Returns invalid when the file cannot be read.
Result<std::string> digest_of(const std::filesystem::path& file, std::span<const Cut> cuts);

}  // namespace tideline
