// KnownClasses: which classes are right for the images of a folder, as its `labels.csv` says.
//
//     const Result<KnownClasses> known = parse_labels("file,class\ncat.jpg,281\ncat.jpg,282\n");
//     if (!known) return known.error().within("photos/labels.csv");
//     const bool right = known->at("cat.jpg").contains(281);
//
// Pure. Thread-safe.
#pragma once

#include "policy/plan/agreement.h"
#include "runtime/base/result.h"
#include "runtime/base/tensor.h"

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>

namespace tideline::engine {

// The right classes by file name. A file may have several, of which each counts as right.
using KnownClasses = std::map<std::string, std::set<std::uint32_t>, std::less<>>;

// Reads the format in README.md. Returns invalid, with the line's number, if a line is not of it.
Result<KnownClasses> parse_labels(std::string_view text);

// Counts the answer to an image whose classes are known: right if the largest number of the first output is at the
// place of one of them. An output that is not fp32 is wrong.
void count(plan::Accuracy& accuracy, std::span<const Tensor> outputs, const std::set<std::uint32_t>& classes);

}  // namespace tideline::engine
