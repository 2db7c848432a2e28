// Digest: identifies a network and its cuts, so that edge and cloud can verify that theirs are equal.
//
// It has 64 hex digits: the first 32 of the SHA-256 of the file, and the first 32 of the SHA-256 of its list of cuts.
// The list has for each cut the layer before it and the types and shapes of the tensors that cross; after it comes what
// an image becomes before it is the input, if the model takes images. If only the first half is equal, one file is cut
// differently (by other versions of Tideline or libtorch, or for other inputs), or it takes images differently.
#pragma once

#include "runtime/base/result.h"
#include "runtime/model/api/model.h"

#include <filesystem>
#include <span>
#include <string>

namespace tideline::model {

// `image` is empty if the model takes no images. Returns invalid when the file cannot be read.
Result<std::string> digest_of(const std::filesystem::path& file, std::span<const Cut> cuts, const std::string& image);

}  // namespace tideline::model
