#include "runtime/image/exif.h"
#include "runtime/image/headers.h"
#include "runtime/image/integers.h"

namespace tideline::image {
namespace {

constexpr std::uint32_t kStartOfScan = 0xDA, kEndOfImage = 0xD9, kApplication1 = 0xE1;

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

Result<StoredHeader> read_frame(std::uint32_t marker, std::span<const std::byte> frame) {
  if (marker != 0xC0 && marker != 0xC1 && marker != 0xC2)
    return error(ErrorKind::invalid, "the JPEG is {}, which is not read; save it as a baseline or progressive JPEG",
                 marker == 0xC3  ? "lossless"
                 : marker > 0xC8 ? "coded arithmetically"
                                 : "hierarchical");
  const std::uint32_t bits = big(frame, 0, 1), components = big(frame, 5, 1);
  if (bits != 8) return error(ErrorKind::invalid, "the JPEG has {} bits per colour; only JPEGs of 8 are read", bits);
  if (components != 1 && components != 3 && components != 4)
    return error(ErrorKind::invalid, "the JPEG has {} colours, not 1, 3 or 4", components);
  return StoredHeader{.width = big(frame, 3, 2), .height = big(frame, 1, 2)};
}

}  // namespace

Result<StoredHeader> read_jpeg_header(std::span<const std::byte> file) {
  StoredHeader header;
  bool framed = false, oriented = false;
  for (std::size_t at = after_marker(file, 2); at != 0;) {
    const std::uint32_t marker = big(file, at - 1, 1);
    if (marker == kStartOfScan && framed) return header;
    if (marker == kEndOfImage || marker == kStartOfScan)
      return error(ErrorKind::invalid, "the JPEG holds no image: it has no frame before its first scan");
    const std::size_t length = stands_alone(marker) ? 0 : big(file, at, 2);
    if (length > file.size() - at || length == 1) break;
    const auto segment = length < 2 ? std::span<const std::byte>() : file.subspan(at + 2, length - 2);
    if (begins_frame(marker) && !framed) {
      const Result<StoredHeader> frame = read_frame(marker, segment);
      if (!frame) return frame.error();
      header = {frame->width, frame->height, header.orientation};
      framed = true;
    }
    if (marker == kApplication1 && !oriented && has(segment, 0, "Exif")) {
      header.orientation = exif_orientation(segment);
      oriented = true;
    }
    at = after_marker(file, at + length);
  }
  return error(ErrorKind::invalid, "the JPEG is cut short: it ends within its header; send the whole file");
}

}  // namespace tideline::image
