#include "runtime/image/decode.h"

#include "runtime/image/decoders.h"
#include "runtime/image/jpeg_decoder.h"
#include "runtime/image/reduction.h"
#include "runtime/image/turning.h"

#include <memory>

namespace tideline::image {
namespace {

Size stored_size(const Header& header) {
  if (turning(header.orientation).swaps) return {header.height, header.width};
  return {header.width, header.height};
}

Result<Part> whole(Result<Pixels> pixels) {
  if (!pixels) return pixels.error();
  return Part{0, 0, *std::move(pixels)};
}

Result<Part> decode_stored(std::span<const std::byte> file, const Header& header, int reduction, const Window& window) {
  switch (header.format) {
    case Format::jpeg:
      return decode_jpeg_part(file, stored_size(header), reduction, window);
    case Format::png:
      return whole(decode_png(file, stored_size(header)));
    case Format::webp:
      break;
  }
  return whole(decode_webp(file, stored_size(header)));
}

}  // namespace

std::size_t decoding_bytes(const Header& header, int by) {
  const auto area = [](std::int32_t width, std::int32_t height) {
    return static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  };
  const std::size_t each = header.is_cmyk ? 8 : header.orientation != 1 ? 6 : 3;
  return each * area(reduced(header.width, by), reduced(header.height, by)) +
         (header.is_buffered ? 8 * area(header.width, header.height) : 0);
}

int reduction(const Header& header, const Size& wanted) {
  if (header.format != Format::jpeg) return 1;
  for (const int by : {8, 4, 2})
    if (header.width >= kFinest * by * wanted.width && header.height >= kFinest * by * wanted.height) return by;
  return 1;
}

Result<Part> decode_jpeg_part(std::span<const std::byte> file, const Size& stored, int reduction,
                              const Window& window) {
  const auto decoder = std::make_unique<JpegDecoder>(file);
  if (const Result<void> opened = decoder->open(stored); !opened) return opened.error();
  return decoder->decode(reduction, window, JpegColours::rgb);
}

Result<Part> decode_part(std::span<const std::byte> file, const Header& header, int reduction, const Window& window) {
  const Turning turns = turning(header.orientation);
  const Size stored = stored_size(header);
  const Size decoded{reduced(stored.width, reduction), reduced(stored.height, reduction)};
  Result<Part> part = decode_stored(file, header, reduction, stored_window(turns, window, decoded));
  if (!part) return part.error();
  return turned(turns, *std::move(part), decoded);
}

Result<Pixels> decode(std::span<const std::byte> file, const Limits& limits, std::int32_t wanted_width,
                      std::int32_t wanted_height) {
  const Result<Header> header = read_header(file, limits);
  if (!header) return header.error();
  const Size wanted{wanted_width > 0 ? wanted_width : header->width,
                    wanted_height > 0 ? wanted_height : header->height};
  const int by = reduction(*header, wanted);
  Result<Part> part = decode_part(file, *header, by, {0, 0, reduced(header->width, by), reduced(header->height, by)});
  if (!part) return part.error();
  return (*std::move(part)).pixels;
}

}  // namespace tideline::image
