#include "runtime/image/decoders.h"

#include <webp/decode.h>

namespace tideline::image {

// Transparency is dropped, not blended: so do the other formats.
Result<Pixels> decode_webp(std::span<const std::byte> file, const Size& stored) {
  WebPDecoderConfig config;
  if (WebPInitDecoderConfig(&config) == 0) return error(ErrorKind::internal, "libwebp is of another version");
  const Draft draft(stored.width, stored.height, 3);
  config.output.colorspace = MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = draft.row(0);
  config.output.u.RGBA.stride = static_cast<int>(draft.row_size());
  config.output.u.RGBA.size = draft.row_size() * static_cast<std::size_t>(stored.height);
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(file.data());
  const VP8StatusCode status = WebPDecode(bytes, file.size(), &config);
  WebPFreeDecBuffer(&config.output);
  if (status == VP8_STATUS_OUT_OF_MEMORY) return error(ErrorKind::internal, "there is no memory to read a WebP");
  if (status != VP8_STATUS_OK) return error(ErrorKind::corrupt, "the WebP is damaged or cut short; send it again");
  return draft.done();
}

}  // namespace tideline::image
