#include "runtime/image/recompress.h"

#include "runtime/image/fault.h"
#include "runtime/image/jpeg_decoder.h"

#include <cstdlib>
#include <memory>

namespace tideline::image {
namespace {

[[noreturn]] void leave_compression(j_common_ptr state) {
  char text[JMSG_LENGTH_MAX];
  state->err->format_message(state, text);
  static_cast<Fault*>(state->client_data)->leave(text);
}

// The encoder's state, and the file that grows as it writes.
struct Compression {
  Compression() {
    state.err = jpeg_std_error(&errors);
    errors.error_exit = leave_compression;
    state.client_data = &fault;
  }
  ~Compression() {
    jpeg_destroy_compress(&state);
    std::free(file);
  }
  Compression(const Compression&) = delete;
  Compression& operator=(const Compression&) = delete;

  Fault fault;
  jpeg_compress_struct state{};
  jpeg_error_mgr errors{};
  unsigned char* file = nullptr;
  unsigned long size = 0;
};

// Every colour in full, and Huffman tables of the image's own: they save some 5 % of the bytes.
void choose_compression(jpeg_compress_struct& state, const Shape& shape, int quality) {
  state.image_height = static_cast<JDIMENSION>(shape[0]);
  state.image_width = static_cast<JDIMENSION>(shape[1]);
  state.input_components = static_cast<int>(shape[2]);
  state.in_color_space = shape[2] == 3 ? JCS_RGB : JCS_GRAYSCALE;
  jpeg_set_defaults(&state);
  jpeg_set_quality(&state, quality, TRUE);
  state.dct_method = JDCT_ISLOW;
  state.optimize_coding = TRUE;
  for (int c = 0; c < state.num_components; ++c) {
    state.comp_info[c].h_samp_factor = 1;
    state.comp_info[c].v_samp_factor = 1;
  }
}

void compress(Compression& to, const Tensor& pixels, int quality) {
  jpeg_create_compress(&to.state);
  jpeg_mem_dest(&to.state, &to.file, &to.size);
  choose_compression(to.state, pixels.shape(), quality);
  jpeg_start_compress(&to.state, TRUE);
  const auto* row = reinterpret_cast<const JSAMPLE*>(pixels.bytes().data());
  const auto row_size = static_cast<std::size_t>(pixels.shape()[1] * pixels.shape()[2]);
  for (std::int64_t y = 0; y < pixels.shape()[0]; ++y, row += row_size) {
    auto* one = const_cast<JSAMPROW>(row);  // libjpeg's type; it reads only.
    jpeg_write_scanlines(&to.state, &one, 1);
  }
  jpeg_finish_compress(&to.state);
}

}  // namespace

Result<Tensor> encode_jpeg(const Tensor& pixels, int quality) {
  if (quality < 1 || quality > 100)
    return error(ErrorKind::invalid, "a JPEG of quality {} is not possible; write 1 to 100", quality);
  const auto to = std::make_unique<Compression>();
  if (!attempt(to->fault, [&] { compress(*to, pixels, quality); }))
    return error(ErrorKind::invalid, "{} x {} pixels cannot become a JPEG: {}", pixels.shape()[1], pixels.shape()[0],
                 to->fault.text());
  return Tensor::copy_of(DType::uint8, {static_cast<std::int64_t>(to->size)},
                         std::as_bytes(std::span(to->file, to->size)));
}

Result<Tensor> decode_jpeg(std::span<const std::byte> file, std::int32_t width, std::int32_t height,
                           std::int32_t channels) {
  const auto decoder = std::make_unique<JpegDecoder>(file);
  if (const Result<void> opened = decoder->open({width, height}); !opened) return opened.error();
  if (decoder->stored_channels() != channels || (channels != 1 && channels != 3))
    return error(ErrorKind::corrupt, "the JPEG has {} colours, not {}", decoder->stored_channels(), channels);
  const Result<Part> part = decoder->decode(1, {0, 0, width, height}, JpegColours::as_stored);
  if (!part) return part.error();
  const Pixels& pixels = part->pixels;
  const auto size = static_cast<std::size_t>(std::int64_t{width} * height * channels);
  return Tensor(DType::uint8, {height, width, channels},
                {pixels.bytes, reinterpret_cast<const std::byte*>(pixels.bytes.get())}, size);
}

}  // namespace tideline::image
