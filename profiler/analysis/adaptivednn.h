// AdaptiveDNN: reads the published measurements of McNamee et al., "A Case For Adaptive Deep Neural Networks in Edge
// Computing", IEEE CLOUD 2021: a folder of text files, one per condition. Format: profiler/README.md.
#pragma once

#include "profiler/analysis/measurement_set.h"
#include "profiler/journal/oddities.h"
#include "runtime/base/result.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

namespace tideline::analysis {

struct MeasurementLine {
  std::uint32_t cut = 0;
  table::Terms terms;  // Head, network and tail; the others are zero.
  double beyond = 0;   // Noise: excess of head and tail over the total, as a share of the total; else 0.

  bool operator==(const MeasurementLine&) const = default;
};

struct StudyFile {
  std::vector<MeasurementLine> lines;  // Not empty.
  journal::Oddities odd;               // What was left out.
};

// Returns the conditions that a file of this name was measured under; nothing unless it is weights_ABCDE.txt with five
// digits from 0 to 2.
std::optional<plan::Stress> study_condition(std::string_view file_name);

// Reads the text of one file. Leaves out noise, and counts it: blank and repeated lines, times of zero or that are no
// numbers, a last line that was cut off. If edge and cloud take longer than the total, because of noise, the network
// gets zero. Returns invalid, naming the line, for an impossible measurement, and if none is left. A pure function.
Result<StudyFile> parse_study(std::string_view text);

// Reads a folder. The model's name is the folder's, without "outputs_". Remarks report missing or misnamed files,
// lines that were left out, and those whose parts take longer than their total. Returns invalid, naming file and line,
// if a file is damaged or there are none.
Result<MeasurementSet> read_study(const std::filesystem::path& folder);

}  // namespace tideline::analysis
