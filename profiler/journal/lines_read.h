// Reads the lines of a journal. The format is in profiler/README.md. Pure. Thread-safe.
#pragma once

#include "profiler/journal/oddities.h"
#include "profiler/journal/sample.h"
#include "runtime/base/result.h"

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace tideline::journal {

struct Lines {
  std::optional<Measurements> measured;  // Absent if the text ends within the context's line.
  std::vector<bool> taken;               // By place_of(): whether the sample exists.
  std::size_t complete = 0;              // Bytes up to the last newline, inclusive; the rest was cut off.
  Oddities odd;                          // What was left out.
};

// Reads a whole journal. Leaves out noise, and counts it: blank and repeated lines, lines of unknown types, samples of
// 0 ns, a last line without its newline. Returns invalid, naming the line, for anything else that is wrong.
Result<Lines> parse_lines(std::string_view text);

}  // namespace tideline::journal
