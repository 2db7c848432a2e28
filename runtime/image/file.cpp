#include "runtime/image/file.h"

#include "runtime/image/headers.h"
#include "runtime/image/integers.h"
#include "runtime/image/other_types.h"
#include "runtime/image/turning.h"

#include <algorithm>
#include <utility>

namespace tideline::image {
namespace {

struct Reader {
  Format format;
  Result<StoredHeader> (*read)(std::span<const std::byte> file);
};

// Returns nothing when the file begins like no format that is read.
std::optional<Reader> reader_of(std::span<const std::byte> file) {
  if (has(file, 0, "\xFF\xD8\xFF")) return Reader{Format::jpeg, read_jpeg_header};
  if (has(file, 0, "\x89PNG\r\n\x1A\n")) return Reader{Format::png, read_png_header};
  if (has(file, 0, "RIFF") && has(file, 8, "WEBP")) return Reader{Format::webp, read_webp_header};
  return std::nullopt;
}

Result<void> check_size(const StoredHeader& header, const Limits& limits) {
  if (header.width == 0 || header.height == 0)
    return error(ErrorKind::invalid, "the image is {} x {} pixels; it holds none", header.width, header.height);
  if (std::max(header.width, header.height) > kLongestSide)
    return error(ErrorKind::invalid, "the image is too large: of {} x {} pixels, one side is above {}; make it smaller",
                 header.width, header.height, kLongestSide);
  const std::uint64_t pixels = std::uint64_t{header.width} * header.height;
  if (pixels > limits.pixels)
    return error(ErrorKind::invalid,
                 "the image is too large: {} x {} are {} pixels, and the limit is {}; make it smaller", header.width,
                 header.height, pixels, limits.pixels);
  return {};
}

}  // namespace

Result<Header> read_header(std::span<const std::byte> file, const Limits& limits) {
  if (file.empty()) return error(ErrorKind::invalid, "the file is empty; send a JPEG, PNG or WebP");
  if (file.size() > limits.bytes)
    return error(ErrorKind::invalid, "the file is too large: it has {} bytes, and the limit is {}; make it smaller",
                 file.size(), limits.bytes);
  const std::optional<Reader> reader = reader_of(file);
  if (!reader) return error(ErrorKind::invalid, "the file is {}; send a JPEG, PNG or WebP", other_type(file));
  const Result<StoredHeader> stored = reader->read(file);
  if (!stored) return stored.error();
  if (const Result<void> usable = check_size(*stored, limits); !usable) return usable.error();
  Header header{reader->format,
                static_cast<std::int32_t>(stored->width),
                static_cast<std::int32_t>(stored->height),
                stored->orientation,
                stored->is_buffered,
                stored->is_cmyk};
  if (turning(header.orientation).swaps) std::swap(header.width, header.height);
  return header;
}

}  // namespace tideline::image
