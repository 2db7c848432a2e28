#include "runtime/image/exif.h"
#include "runtime/image/headers.h"
#include "runtime/image/integers.h"

namespace tideline::image {
namespace {

// The signature, then a chunk: length, name, content, checksum.
constexpr std::size_t kSignature = 8, kChunkName = 4, kChunkHead = 8, kChunkFrame = 12, kFirstChunk = 25;

}  // namespace

// The orientation may follow the pixels, so all chunks are looked at.
Result<StoredHeader> read_png_header(std::span<const std::byte> file) {
  if (file.size() < kSignature + kFirstChunk || !has(file, kSignature + kChunkName, "IHDR"))
    return error(ErrorKind::invalid, "the PNG is cut short: it ends within its header; send the whole file");
  StoredHeader header{.width = big(file, 16, 4), .height = big(file, 20, 4)};
  for (std::size_t at = kSignature; file.size() - at >= kChunkFrame;) {
    if (has(file, at + kChunkName, "acTL"))
      return error(ErrorKind::invalid, "the PNG is animated; send one of its images");
    const std::size_t length = big(file, at, 4);
    if (length > file.size() - at - kChunkFrame) break;
    if (has(file, at + kChunkName, "eXIf"))
      header.orientation = exif_orientation(file.subspan(at + kChunkHead, length));
    if (has(file, at + kChunkName, "IEND")) break;
    at += kChunkFrame + length;
  }
  return header;
}

}  // namespace tideline::image
