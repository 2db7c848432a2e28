// KnownClasses: which classes are right for the images of a folder, as its `labels.csv` says.
//
//     const Result<KnownClasses> known = parse_labels("file,class\ncat.jpg,281\ncat.jpg,tiger cat\n", {1000, names});
//     if (!known) return known.error().within("photos/labels.csv");
//     const bool right = known->at("cat.jpg").contains(281);
//
// Pure. Thread-safe.
#pragma once

#include "runtime/base/result.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>

namespace tideline::engine {

// The right classes by file name. A file may have several, of which each counts as right.
using KnownClasses = std::map<std::string, std::set<std::uint32_t>, std::less<>>;

// The classes of a network that labels may name.
struct NamedClasses {
  std::size_t count = 0;
  std::span<const std::string> names{};  // By class; empty: classes have numbers only.
};

// Reads the format in README.md. Returns invalid, with the line's number, if a line is not of it or repeats another, if
// a class is unknown or its name is ambiguous, or if there is no line.
Result<KnownClasses> parse_labels(std::string_view text, const NamedClasses& classes);

}  // namespace tideline::engine
