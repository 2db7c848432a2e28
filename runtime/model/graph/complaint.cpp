#include "runtime/model/graph/complaint.h"

#include <algorithm>
#include <string_view>

namespace tideline::graph {
namespace {

constexpr std::size_t kLongest = 300;

// An error inside of a TorchScript function arrives as a stack trace. Its last line that is no trace is "RuntimeError:
// ...".
std::string_view after_trace(std::string_view text) {
  static constexpr std::string_view kMark = "RuntimeError: ";
  const auto mark = text.find(kMark);
  return mark == std::string_view::npos ? text : text.substr(mark + kMark.size());
}

}  // namespace

std::string complaint(const std::exception& thrown) {
  auto text = after_trace(thrown.what());
  text.remove_prefix(std::min(text.find_first_not_of(" \n"), text.size()));
  text = text.substr(0, text.find('\n'));
  text = text.substr(0, text.find(" (Exception raised from"));
  text = text.substr(0, text.find(". This could be because"));  // Advice for users of Python.
  text = text.substr(0, kLongest);
  while (!text.empty() && (text.back() == ' ' || text.back() == '.')) text.remove_suffix(1);
  return std::string(text);
}

}  // namespace tideline::graph
