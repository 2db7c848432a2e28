// Other types: what a file looks like that is no image of a type that is read.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace tideline::image {

// Returns words for an error message, such as "a GIF" or "of no known type". Thread-safe.
std::string_view other_type(std::span<const std::byte> file);

}  // namespace tideline::image
