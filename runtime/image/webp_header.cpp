#include "runtime/image/exif.h"
#include "runtime/image/headers.h"
#include "runtime/image/integers.h"

#include <webp/decode.h>

#include <algorithm>

namespace tideline::image {
namespace {

constexpr std::size_t kRiffHeader = 12, kRiffChunk = 8;

// Chunks are padded to even lengths.
int orientation_in(std::span<const std::byte> file) {
  for (std::size_t at = kRiffHeader; file.size() - at >= kRiffChunk;) {
    const std::size_t length = little32(file, at + 4), rest = file.size() - at - kRiffChunk;
    if (length > rest) break;
    if (has(file, at, "EXIF")) return exif_orientation(file.subspan(at + kRiffChunk, length));
    at += kRiffChunk + std::min(rest, length + length % 2);
  }
  return 1;
}

}  // namespace

// Some decoders make the best of a file that ends early. This room does not, so it compares the sizes first.
Result<StoredHeader> read_webp_header(std::span<const std::byte> file) {
  const std::size_t told = std::size_t{little32(file, 4)} + kRiffChunk;
  WebPBitstreamFeatures features;
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(file.data());
  const VP8StatusCode status = WebPGetFeatures(bytes, file.size(), &features);
  if (status == VP8_STATUS_NOT_ENOUGH_DATA)
    return error(ErrorKind::invalid, "the WebP is cut short: it ends within its header; send the whole file");
  if (status != VP8_STATUS_OK) return error(ErrorKind::invalid, "the WebP has a damaged header; send it again");
  if (features.has_animation != 0) return error(ErrorKind::invalid, "the WebP is animated; send one of its images");
  if (told > file.size())
    return error(ErrorKind::invalid, "the WebP is cut short: it has {} of {} bytes; send the whole file", file.size(),
                 told);
  return StoredHeader{.width = static_cast<std::uint32_t>(features.width),
                      .height = static_cast<std::uint32_t>(features.height),
                      .orientation = orientation_in(file),
                      .is_buffered = true};
}

}  // namespace tideline::image
