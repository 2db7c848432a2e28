// Whatever is fed to the reader of the published study's files: it does not crash, and all times that it accepts make
// sense.
#include "profiler/analysis/adaptivednn.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tideline::analysis;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)study_condition(text);
  const auto file = parse_study(text);
  if (!file) {
    if (file.error().message.empty() || file.error().message.find('\n') != std::string::npos) std::abort();
    return 0;
  }
  if (file->lines.empty()) std::abort();
  for (const MeasurementLine& line : file->lines) {
    if (!(line.beyond >= 0 && line.beyond <= 1)) std::abort();
    for (const tideline::Duration time : {line.terms.head, line.terms.network, line.terms.tail})
      if (time < tideline::Duration::zero() || time > std::chrono::hours(24)) std::abort();
  }
  return 0;
}
