// HeadForm: what one head knows: to recognise outputs of its form, and to read boxes from them.
//
// Immutable. Thread-safe.
#pragma once

#include "runtime/task/decode.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace tideline::task {

struct HeadForm {
  Head head;
  std::string_view name;
  // Returns the number of classes iff outputs of these shapes are of the form.
  std::optional<std::size_t> (*classes)(const Shapes&);
  // Returns the boxes of an image, overlaps included.
  std::vector<Box> (*boxes)(const Outputs&);
};

// Returns all forms. Of two that fit the same outputs, the first one counts.
std::span<const HeadForm> head_forms();
const HeadForm& form_of(Head head);

}  // namespace tideline::task
