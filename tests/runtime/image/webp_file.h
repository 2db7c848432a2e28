// WebP file: encodes pictures as WebPs, alone or in the extended format.
#pragma once

#include "tests/runtime/image/pattern.h"

#include <webp/encode.h>

#include <string_view>

namespace tideline::image {

inline File webp_file(const Picture& picture, bool lossless) {
  std::uint8_t* memory = nullptr;
  const int stride = picture.width * picture.channels;
  const std::uint8_t* const from = picture.bytes.data();
  std::size_t size = 0;
  if (lossless)
    size = picture.channels == 4 ? WebPEncodeLosslessRGBA(from, picture.width, picture.height, stride, &memory)
                                 : WebPEncodeLosslessRGB(from, picture.width, picture.height, stride, &memory);
  else
    size = WebPEncodeRGB(from, picture.width, picture.height, stride, 90, &memory);
  File file;
  append(file, memory, size);
  WebPFree(memory);
  return file;
}

inline void append_little(File& file, std::uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) file.push_back(static_cast<std::byte>(value >> 8 * i));
}

inline void append_riff(File& file, std::string_view name, const File& content) {
  append(file, name.data(), 4);
  append_little(file, static_cast<std::uint32_t>(content.size()), 4);
  file.insert(file.end(), content.begin(), content.end());
  if (content.size() % 2 != 0) file.push_back({});
}

// Returns a file in the extended format: the chunks of `webp` after a header with these flags, then `exif`.
inline File extended_webp(const File& webp, std::uint32_t width, std::uint32_t height, unsigned flags,
                          const File& exif = {}) {
  File header, chunks;
  append_little(header, flags, 4);
  append_little(header, width - 1, 3);
  append_little(header, height - 1, 3);
  append(chunks, "WEBP", 4);
  append_riff(chunks, "VP8X", header);
  if (webp.size() > 12) chunks.insert(chunks.end(), webp.begin() + 12, webp.end());
  if (!exif.empty()) append_riff(chunks, "EXIF", exif);
  File file;
  append_riff(file, "RIFF", chunks);
  return file;
}

}  // namespace tideline::image
