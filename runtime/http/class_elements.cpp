#include "runtime/http/class_elements.h"

#include "runtime/task/classify.h"

#include <fmt/format.h>

#include <algorithm>

namespace tideline::http {

ClassElements class_elements(const Tensor& scores, std::uint32_t most, std::span<const std::string> labels) {
  const auto rows = static_cast<std::size_t>(scores.shape().front());
  const auto classes = static_cast<std::size_t>(scores.shape().back());
  const std::size_t kept = std::min<std::size_t>(most, classes);
  ClassElements written{{scores.shape().front(), static_cast<std::int64_t>(kept)}, {}};
  written.elements.reserve(rows * kept);
  for (std::size_t row = 0; row < rows; ++row)
    for (const task::Class& one : task::top(scores.floats().subspan(row * classes, classes), kept, labels))
      written.elements.push_back(
          fmt::format("{:f}:{}{}{}", one.score, one.index, one.label.empty() ? "" : ":", one.label));
  return written;
}

}  // namespace tideline::http
