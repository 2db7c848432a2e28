#include "runtime/image/jpeg_decoder.h"

#include "runtime/image/cmyk.h"

#include <jerror.h>

#include <algorithm>

namespace tideline::image {
namespace {

// A progressive JPEG may have thousands of scans, each of which costs a walk through the whole image. Encoders make
// about ten.
constexpr int kMostScans = 64;

// Where a window begins or ends, libjpeg has no neighbour to interpolate a pixel's chroma from.
constexpr std::int32_t kMargin = 8;

// Beside coefficients: tables, rows and their chroma.
constexpr long kWorkingMemory = 16L << 20;

}  // namespace

JpegDecoder::JpegDecoder(std::span<const std::byte> file) : file_(file) {
  state_.err = jpeg_std_error(&errors_);
  errors_.error_exit = leave;
  errors_.emit_message = judge_warning;
  state_.client_data = &fault_;
  progress_.progress_monitor = count_scans;
}

JpegDecoder::~JpegDecoder() {
  jpeg_destroy_decompress(&state_);
}

void JpegDecoder::leave(j_common_ptr state) {
  char text[JMSG_LENGTH_MAX];
  state->err->format_message(state, text);
  static_cast<Fault*>(state->client_data)->leave(text);
}

// A warning says that libjpeg makes the best of a damaged file. Cameras put bytes between segments: those are skipped.
void JpegDecoder::judge_warning(j_common_ptr state, int level) {
  const int code = state->err->msg_code;
  if (level < 0 && code != JWRN_EXTRANEOUS_DATA && code != JWRN_JFIF_MAJOR && code != JWRN_ADOBE_XFORM) leave(state);
}

void JpegDecoder::count_scans(j_common_ptr state) {
  if (reinterpret_cast<j_decompress_ptr>(state)->input_scan_number > kMostScans)
    static_cast<Fault*>(state->client_data)->leave("it has too many scans");
}

Error JpegDecoder::damaged() const {
  return error(ErrorKind::corrupt, "the JPEG is damaged or cut short: {}; send it again", fault_.text());
}

Result<void> JpegDecoder::open(const Size& stored) {
  const bool read = attempt(fault_, [this] {
    jpeg_create_decompress(&state_);
    state_.progress = &progress_;
    jpeg_mem_src(&state_, reinterpret_cast<const unsigned char*>(file_.data()), file_.size());
    jpeg_read_header(&state_, TRUE);
  });
  if (!read) return damaged();
  if (static_cast<std::int64_t>(state_.image_width) != stored.width ||
      static_cast<std::int64_t>(state_.image_height) != stored.height)
    return error(ErrorKind::corrupt, "the JPEG is {} x {} pixels, not {} x {}", state_.image_width, state_.image_height,
                 stored.width, stored.height);
  return {};
}

// Versions of libjpeg-turbo differ in how they smooth blocks whose coefficients are missing. Memory is what progressive
// coefficients take, 2 bytes for each number, at most 4 colours in blocks of up to 32 x 32.
void JpegDecoder::choose(int reduction, JpegColours colours) {
  state_.scale_num = 1;
  state_.scale_denom = static_cast<unsigned>(reduction);
  state_.dct_method = JDCT_ISLOW;
  state_.do_fancy_upsampling = TRUE;
  state_.do_block_smoothing = FALSE;
  if (state_.num_components == 4)
    state_.out_color_space = JCS_CMYK;
  else if (colours == JpegColours::rgb || state_.num_components == 3)
    state_.out_color_space = JCS_RGB;
  else
    state_.out_color_space = JCS_GRAYSCALE;
  const long blocks_wide = (static_cast<long>(state_.image_width) + 31) / 32;
  const long blocks_high = (static_cast<long>(state_.image_height) + 31) / 32;
  state_.mem->max_memory_to_use = kWorkingMemory + blocks_wide * blocks_high * 1024 * 2 * state_.num_components;
}

void JpegDecoder::crop(const Window& window) {
  const auto width = static_cast<std::int32_t>(state_.output_width);
  JDIMENSION left = static_cast<JDIMENSION>(std::max(0, window.left - kMargin));
  JDIMENSION taken = static_cast<JDIMENSION>(std::min(width, window.left + window.width + kMargin)) - left;
  if (taken < state_.output_width) jpeg_crop_scanline(&state_, &left, &taken);
  cropped_ = {static_cast<std::int32_t>(left), window.top, static_cast<std::int32_t>(taken), window.height};
}

void JpegDecoder::skip(std::int32_t rows) {
  if (rows > 0) jpeg_skip_scanlines(&state_, static_cast<JDIMENSION>(rows));
}

void JpegDecoder::read(const Draft& draft) {
  skip(cropped_.top);
  for (std::int32_t y = 0; y < cropped_.height; ++y) {
    JSAMPROW row = draft.row(y);
    jpeg_read_scanlines(&state_, &row, 1);
  }
  const std::int32_t rest = static_cast<std::int32_t>(state_.output_height) - cropped_.top - cropped_.height;
  if (rest > 0) read_rest(rest, draft.row_size());
  jpeg_finish_decompress(&state_);
}

// libjpeg does not look at rows that are skipped up to the end. So the last one is read: the file may be cut short.
void JpegDecoder::read_rest(std::int32_t rows, std::size_t row_size) {
  skip(rows - 1);
  auto* const common = reinterpret_cast<j_common_ptr>(&state_);
  JSAMPARRAY last = state_.mem->alloc_sarray(common, JPOOL_IMAGE, static_cast<JDIMENSION>(row_size), 1);
  jpeg_read_scanlines(&state_, last, 1);
}

Result<Part> JpegDecoder::decode(int reduction, const Window& window, JpegColours colours) {
  const bool started = attempt(fault_, [&] {
    choose(reduction, colours);
    jpeg_start_decompress(&state_);
    crop(window);
  });
  if (!started) return damaged();
  const Draft draft(cropped_.width, cropped_.height, state_.out_color_components);
  if (!attempt(fault_, [&] { read(draft); })) return damaged();
  return Part{cropped_.left, cropped_.top, draft.channels == 4 ? rgb_of_cmyk(draft) : draft.done()};
}

}  // namespace tideline::image
