// Whatever is fed to the journal's reader: it does not crash, and every sample that it accepts is written as it was
// read.
#include "profiler/lines.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tideline;
  const auto lines = parse_lines({reinterpret_cast<const char*>(data), size});
  if (!lines) {
    if (lines.error().message.empty()) std::abort();
    return 0;
  }
  if (!lines->context) return 0;
  std::string text = line_of(*lines->context);
  for (const Sample& sample : lines->samples) text += line_of(sample);
  for (std::uint32_t i = 0; i < lines->agreements.size(); ++i)
    if (lines->agreements[i]) text += agreement_line(i, *lines->agreements[i]);
  const auto again = parse_lines(text);
  if (!again || difference(*again->context, *lines->context) || again->samples != lines->samples ||
      again->agreements != lines->agreements)
    std::abort();
  return 0;
}
