// The published measurements of AdaptiveDNN, the benchmark of McNamee et al., "A Case For Adaptive Deep Neural Networks
// in Edge Computing", IEEE CLOUD 2021: a folder of text files, one per condition. Format: profiler/README.md.
#pragma once

#include "profiler/analysis/measurement_set.h"
#include "runtime/base/result.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

namespace tideline {

struct MeasurementLine {
  std::uint32_t cut = 0;
  Terms terms;        // Head, network and tail; the others are zero.
  double beyond = 0;  // By what share of the total head and tail take longer than it: noise. 0 where they do not.

  bool operator==(const MeasurementLine&) const = default;
};

// Returns the conditions that a file of this name was measured under; nothing when it is not weights_ABCDE.txt with
// five digits from 0 to 2.
std::optional<Stress> study_condition(std::string_view file_name);

// Reads the text of one file. Where edge and cloud take longer than the total, by noise, nothing is left for the
// network. Returns invalid, naming the line, for what cannot be a measurement. A pure function.
Result<std::vector<MeasurementLine>> parse_study(std::string_view text);

// Reads a folder; the model's name is the folder's, without "outputs_". Files that are missing or misnamed, and lines
// whose parts take longer than their total, are told among the remarks. Returns invalid, naming file and line, when one
// is damaged or none is there.
Result<MeasurementSet> read_study(const std::filesystem::path& folder);

}  // namespace tideline
