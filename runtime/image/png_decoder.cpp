#include "runtime/image/decoders.h"
#include "runtime/image/fault.h"

#include <png.h>

#include <cstring>
#include <vector>

namespace tideline::image {
namespace {

constexpr png_alloc_size_t kMostChunk = 1U << 20U;

// The part of the file that libpng has not read yet.
struct PngSource {
  Fault fault;
  std::span<const std::byte> rest;
};

[[noreturn]] void leave_png(png_structp png, png_const_charp text) {
  static_cast<PngSource*>(png_get_error_ptr(png))->fault.leave(text);
}

void ignore_png_warning(png_structp /*png*/, png_const_charp /*text*/) {}

void read_png(png_structp png, png_bytep to, std::size_t size) {
  auto* const source = static_cast<PngSource*>(png_get_io_ptr(png));
  if (source->rest.size() < size) source->fault.leave("it ends early");
  std::memcpy(to, source->rest.data(), size);
  source->rest = source->rest.subspan(size);
}

// Everything becomes RGB of 8 bits. Of 16 bits the higher half is taken, as PIL does. Chunks that do not change pixels
// are not read: their contents can be long and wrong.
void choose_png(png_structp png, png_infop info, PngSource& source) {
  png_set_read_fn(png, &source, read_png);
  png_set_user_limits(png, kLongestSide, kLongestSide);
  png_set_chunk_malloc_max(png, kMostChunk);
  // Versions differ in which checksums may be wrong. Here none may, so that edge and cloud agree.
  png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);
  png_read_info(png, info);
  png_set_expand(png);
  png_set_strip_16(png);
  png_set_strip_alpha(png);
  png_set_gray_to_rgb(png);
  png_set_interlace_handling(png);
  png_read_update_info(png, info);
}

struct PngReader {
  explicit PngReader(PngSource& source)
      : png(png_create_read_struct(PNG_LIBPNG_VER_STRING, &source, leave_png, ignore_png_warning)),
        info(png != nullptr ? png_create_info_struct(png) : nullptr) {}
  ~PngReader() { png_destroy_read_struct(&png, &info, nullptr); }
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;

  png_structp png;
  png_infop info;
};

Error damaged_png(const PngSource& source) {
  return error(ErrorKind::corrupt, "the PNG is damaged or cut short: {}; send it again", source.fault.text());
}

}  // namespace

Result<Pixels> decode_png(std::span<const std::byte> file, const Size& stored) {
  PngSource source{{}, file};
  PngReader reader(source);
  if (reader.info == nullptr) return error(ErrorKind::internal, "there is no memory to read a PNG");
  if (!attempt(source.fault, [&] { choose_png(reader.png, reader.info, source); })) return damaged_png(source);
  const Draft draft(stored.width, stored.height, 3);
  if (png_get_rowbytes(reader.png, reader.info) != draft.row_size())
    return error(ErrorKind::corrupt, "the PNG contradicts its header; send it again");
  std::vector<png_bytep> rows;
  rows.reserve(static_cast<std::size_t>(stored.height));
  for (std::int32_t y = 0; y < stored.height; ++y) rows.push_back(draft.row(y));
  const bool whole = attempt(source.fault, [&] {
    png_read_image(reader.png, rows.data());
    png_read_end(reader.png, nullptr);
  });
  if (!whole) return damaged_png(source);
  return draft.done();
}

}  // namespace tideline::image
