#include "runtime/engine/known_classes.h"

#include <algorithm>
#include <charconv>

namespace tideline::engine {
namespace {

constexpr std::string_view kHeading = "file,class";
constexpr std::size_t kMostLines = 1'000'000;

// Takes the next line, without its end, off the front of `text`.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

Result<void> read_line(std::string_view line, KnownClasses& known) {
  const std::size_t comma = line.rfind(',');
  const std::string_view digits = comma == std::string_view::npos ? std::string_view() : line.substr(comma + 1);
  std::uint32_t index = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
  if (comma == 0 || digits.empty() || failed != std::errc{} || end != digits.data() + digits.size())
    return error(ErrorKind::invalid, "'{}' is not a file and the number of a class; write for example cat.jpg,281",
                 line.substr(0, 80));
  known[std::string(line.substr(0, comma))].insert(index);
  return {};
}

}  // namespace

Result<KnownClasses> parse_labels(std::string_view text) {
  if (take_line(text) != kHeading) return error(ErrorKind::invalid, "1: the first line must be '{}'", kHeading);
  KnownClasses known;
  for (std::size_t number = 2; !text.empty(); ++number) {
    if (number > kMostLines) return error(ErrorKind::invalid, "there are more than {} lines", kMostLines);
    if (const auto read = read_line(take_line(text), known); !read) return read.error().within(std::to_string(number));
  }
  return known;
}

void count(plan::Accuracy& accuracy, std::span<const Tensor> outputs, const std::set<std::uint32_t>& classes) {
  ++accuracy.labelled;
  if (outputs.empty() || outputs[0].dtype() != DType::fp32) return;
  const std::span<const float> scores = outputs[0].floats();
  const auto best = static_cast<std::uint32_t>(std::ranges::max_element(scores) - scores.begin());
  if (classes.contains(best)) ++accuracy.right;
}

}  // namespace tideline::engine
