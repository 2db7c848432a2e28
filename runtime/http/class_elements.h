// Class elements: the classes with the highest scores, as Triton's classification extension writes them. Pure.
//
// Source: triton-inference-server/server, docs/protocol/extension_classification.md.
#pragma once

#include "runtime/base/tensor.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace tideline::http {

struct ClassElements {
  Shape shape;                        // [N,K]
  std::vector<std::string> elements;  // "0.826384:504", or "0.826384:504:COFFEE MUG" if the class has a label.
};

// Returns the `most` best classes of each row, best first; all of them if there are fewer. REQUIRES: `scores` is fp32
// [N,C].
ClassElements class_elements(const Tensor& scores, std::uint32_t most, std::span<const std::string> labels);

}  // namespace tideline::http
