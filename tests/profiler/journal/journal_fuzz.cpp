// Whatever is fed to the journal's reader: it does not crash, and every sample that it accepts is written as it was
// read.
#include "profiler/journal/lines_read.h"
#include "profiler/journal/lines_write.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tideline::journal;
  const auto lines = parse_lines({reinterpret_cast<const char*>(data), size});
  if (!lines) {
    if (lines.error().message.empty()) std::abort();
    return 0;
  }
  if (!lines->measured) return 0;
  const Measurements& read = *lines->measured;
  std::string text = line_of(read.context);
  for (const Sample& sample : read.samples) text += line_of(sample);
  for (const Sample& sample : read.kept.former) text += former_line(sample);
  for (const std::uint32_t cell : read.kept.cells) text += kept_line(cell);
  for (const AnchorSample& sample : read.anchors) text += line_of(sample);
  for (std::uint32_t i = 0; i < read.agreements.size(); ++i)
    if (read.agreements[i]) text += agreement_line(i, *read.agreements[i]);
  for (std::uint32_t i = 0; i < read.streams.size(); ++i)
    if (read.streams[i]) text += stream_line(i, *read.streams[i]);
  for (std::uint32_t i = 0; i < read.imposed.size(); ++i) {
    if (read.imposed[i]) text += imposed_line(i, *read.imposed[i]);
    if (read.unreached[i]) text += unreached_line(i, read.unreached[i]->substr(0, 100));
    if (read.finished[i]) text += finished_line(i);
  }
  const auto again = parse_lines(text);
  if (!again || difference(again->measured->context, read.context) || again->measured->samples != read.samples ||
      again->measured->anchors != read.anchors || again->measured->agreements != read.agreements ||
      again->measured->streams != read.streams || again->measured->imposed != read.imposed ||
      again->measured->finished != read.finished || again->measured->kept != read.kept)
    std::abort();
  return 0;
}
