// What must hold for any bytes in a file of labels: the fuzzer tries them, and a test replays its corpus.
#pragma once

#include "runtime/base/outside.h"
#include "runtime/engine/known_classes.h"

#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <string>
#include <string_view>

namespace tideline::engine {

// Classes that were read are read again when they are written with their numbers, in quotes.
inline void read_any_classes(std::string_view text) {
  static const std::array<std::string, 4> kNames{"cat", "tench, Tinca tinca", "cat", "7"};
  const auto known = parse_labels(text, {10, kNames});
  if (!known) {
    const std::string& why = known.error().message;
    if (why.empty() || !is_utf8(why) || why.find('\n') != std::string::npos) std::abort();
    return;
  }
  std::string written = "file,class\n";
  for (const auto& [file, classes] : *known) {
    std::string quoted;
    for (const char c : file) quoted += c == '"' ? "\"\"" : std::string(1, c);
    for (const std::uint32_t one : classes) {
      if (one >= 10) std::abort();
      written += fmt::format("\"{}\",{}\r\n", quoted, one);
    }
  }
  const auto again = parse_labels(written, {10, {}});
  if (!again || *again != *known) std::abort();
}

}  // namespace tideline::engine
