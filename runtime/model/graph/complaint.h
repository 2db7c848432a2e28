// What libtorch complains of, in one line fit for a person.
#pragma once

#include <exception>
#include <string>

namespace tideline {

// Returns the first line that says what went wrong: without stack traces, and without the place in libtorch's sources.
std::string complaint(const std::exception& thrown);

}  // namespace tideline
