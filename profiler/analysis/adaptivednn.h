// AdaptiveDNN: reads the published measurements of McNamee et al., "A Case For Adaptive Deep Neural Networks in Edge
// Computing", IEEE CLOUD 2021: a folder of text files, one per condition. Format: profiler/README.md.
#pragma once

#include "profiler/analysis/measurement_set.h"
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

// Returns the conditions that a file of this name was measured under; nothing unless it is weights_ABCDE.txt with five
// digits from 0 to 2.
std::optional<plan::Stress> study_condition(std::string_view file_name);

// Reads the text of one file. If edge and cloud take longer than the total, because of noise, the network gets zero.
// Returns invalid, naming the line, for an impossible measurement. A pure function.
Result<std::vector<MeasurementLine>> parse_study(std::string_view text);

// Reads a folder. The model's name is the folder's, without "outputs_". Remarks report missing or misnamed files, and
// lines whose parts take longer than their total. Returns invalid, naming file and line, if a file is damaged or there
// are none.
Result<MeasurementSet> read_study(const std::filesystem::path& folder);

}  // namespace tideline::analysis
