// What must hold for any bytes in a file of labels: the fuzzer tries them, and a test replays its corpus.
#pragma once

#include "runtime/base/outside.h"
#include "runtime/task/labels.h"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>

namespace tideline::task {

// Labels that were read are read again when they are written, a line each.
inline void read_any_labels(std::string_view text) {
  const Result<std::vector<std::string>> labels = parse_labels(text, "l.txt");
  if (!labels) {
    if (!labels.error().message.starts_with("l.txt:")) std::abort();
    return;
  }
  std::string written;
  for (const std::string& label : *labels) {
    if (!is_utf8(label) || label.find('\n') != std::string::npos) std::abort();
    written += label + "\r\n";
  }
  if (labels->back().empty()) written += "\n";
  if (static_cast<std::size_t>(std::ranges::count(text, '\n')) + 1 < labels->size()) std::abort();
  const Result<std::vector<std::string>> again = parse_labels("\xef\xbb\xbf" + written, "l.txt");
  if (!again || *again != *labels) std::abort();
}

}  // namespace tideline::task
