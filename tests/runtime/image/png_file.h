// PNG file: encodes pictures as PNGs, with other chunks among them.
#pragma once

#include "tests/runtime/image/pattern.h"

#include <png.h>

#include <string_view>

namespace tideline::image {

struct PngKind {
  int colour_type = PNG_COLOR_TYPE_RGB;
  int bits = 8;
  bool interlaced = false;
};

// REQUIRES: `picture` has as many bytes in a row as that kind of PNG.
inline File png_file(const Picture& picture, const PngKind& kind = {}, const std::vector<png_color>& palette = {}) {
  File file;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  png_set_write_fn(
      png, &file,
      [](png_structp p, png_bytep bytes, png_size_t size) {
        append(*static_cast<File*>(png_get_io_ptr(p)), bytes, size);
      },
      nullptr);
  png_set_IHDR(png, info, static_cast<png_uint_32>(picture.width), static_cast<png_uint_32>(picture.height), kind.bits,
               kind.colour_type, kind.interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (!palette.empty()) {
    const std::vector<png_byte> clear(palette.size(), 128);
    png_set_PLTE(png, info, palette.data(), static_cast<int>(palette.size()));
    png_set_tRNS(png, info, clear.data(), static_cast<int>(clear.size()), nullptr);
  }
  png_write_info(png, info);
  std::vector<png_bytep> rows;
  for (std::int32_t y = 0; y < picture.height; ++y) rows.push_back(const_cast<png_bytep>(picture.at(0, y)));
  png_write_image(png, rows.data());
  png_write_end(png, nullptr);
  png_destroy_write_struct(&png, &info);
  return file;
}

inline std::uint32_t checksum(const File& bytes) {
  std::uint32_t sum = 0xFFFFFFFF;
  for (const std::byte byte : bytes) {
    sum ^= std::to_integer<std::uint32_t>(byte);
    for (int bit = 0; bit < 8; ++bit) sum = sum >> 1 ^ (sum % 2 != 0 ? 0xEDB88320 : 0);
  }
  return ~sum;
}

inline File chunk(std::string_view name, const File& content) {
  File named;
  append(named, name.data(), name.size());
  named.insert(named.end(), content.begin(), content.end());
  File all;
  append_big(all, static_cast<std::uint32_t>(content.size()));
  all.insert(all.end(), named.begin(), named.end());
  append_big(all, checksum(named));
  return all;
}

// Returns the PNG with a chunk after its header.
inline File with_chunk(File png, const File& added) {
  png.insert(png.begin() + 33, added.begin(), added.end());
  return png;
}

inline File png_header(std::uint32_t width, std::uint32_t height) {
  File content, file;
  append_big(content, width);
  append_big(content, height);
  for (const int byte : {8, 2, 0, 0, 0}) content.push_back(static_cast<std::byte>(byte));
  append(file, "\x89PNG\r\n\x1A\n", 8);
  const File head = chunk("IHDR", content);
  file.insert(file.end(), head.begin(), head.end());
  return file;
}

}  // namespace tideline::image
