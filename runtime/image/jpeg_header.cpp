#include "runtime/image/exif.h"
#include "runtime/image/headers.h"
#include "runtime/image/integers.h"

#include <optional>

namespace tideline::image {
namespace {

constexpr std::uint32_t kStartOfScan = 0xDA, kEndOfImage = 0xD9, kApplication1 = 0xE1, kProgressiveFrame = 0xC2;

// Start-of-frame markers share a range with three others: tables (C4, CC) and a reserved one (C8).
bool begins_frame(std::uint32_t marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

// Markers without a length: restarts, the start of an image, and TEM.
bool stands_alone(std::uint32_t marker) {
  return (marker >= 0xD0 && marker <= 0xD8) || marker == 0x01;
}

// Returns the place after the next marker, whose number is the byte before it. Skips what stands between segments, as
// libjpeg does; returns 0 when the file ends.
std::size_t after_marker(std::span<const std::byte> file, std::size_t at) {
  for (; at + 1 < file.size(); ++at) {
    const std::uint32_t next = big(file, at + 1, 1);
    if (big(file, at, 1) == 0xFF && next != 0xFF && next != 0x00) return at + 2;
  }
  return 0;
}

struct FrameHeader {
  std::uint32_t width = 0, height = 0;
  std::uint32_t components = 0;
  bool is_progressive = false;
};

Result<FrameHeader> read_frame(std::uint32_t marker, std::span<const std::byte> frame) {
  if (marker != 0xC0 && marker != 0xC1 && marker != 0xC2)
    return error(ErrorKind::invalid, "the JPEG is {}, which is not read; save it as a baseline or progressive JPEG",
                 marker == 0xC3  ? "lossless"
                 : marker > 0xC8 ? "coded arithmetically"
                                 : "hierarchical");
  const std::uint32_t bits = big(frame, 0, 1), components = big(frame, 5, 1);
  if (bits != 8) return error(ErrorKind::invalid, "the JPEG has {} bits per colour; only JPEGs of 8 are read", bits);
  if (components != 1 && components != 3 && components != 4)
    return error(ErrorKind::invalid, "the JPEG has {} colours, not 1, 3 or 4", components);
  return FrameHeader{big(frame, 3, 2), big(frame, 1, 2), components, marker == kProgressiveFrame};
}

}  // namespace

Result<StoredHeader> read_jpeg_header(std::span<const std::byte> file) {
  std::optional<FrameHeader> frame;
  std::optional<int> orientation;
  for (std::size_t at = after_marker(file, 2); at != 0;) {
    const std::uint32_t marker = big(file, at - 1, 1);
    // libjpeg keeps the coefficients of the whole image if a scan holds only a part of them.
    if (marker == kStartOfScan && frame)
      return StoredHeader{frame->width, frame->height, orientation.value_or(1),
                          frame->is_progressive || big(file, at + 2, 1) < frame->components, frame->components == 4};
    if (marker == kEndOfImage || marker == kStartOfScan)
      return error(ErrorKind::invalid, "the JPEG holds no image: it has no frame before its first scan");
    const std::size_t length = stands_alone(marker) ? 0 : big(file, at, 2);
    if (length > file.size() - at || length == 1) break;
    const auto segment = length < 2 ? std::span<const std::byte>() : file.subspan(at + 2, length - 2);
    if (begins_frame(marker) && !frame) {
      const Result<FrameHeader> read = read_frame(marker, segment);
      if (!read) return read.error();
      frame = *read;
    }
    if (marker == kApplication1 && !orientation && has(segment, 0, "Exif")) orientation = exif_orientation(segment);
    at = after_marker(file, at + length);
  }
  return error(ErrorKind::invalid, "the JPEG is cut short: it ends within its header; send the whole file");
}

}  // namespace tideline::image
