// JpegDecoder: decodes a window of a JPEG, row by row, at its full size or at a half, a quarter or an eighth.
//
//     JpegDecoder decoder(file);
//     const Result<Part> part = decoder.decode({.width = 640, .height = 480}, 2, window);
//
// Pixels do not depend on the machine: the accurate integer DCT has the same results with vector instructions as
// without. They do not depend on the window either. Used by one thread, once.
#pragma once

#include "runtime/base/result.h"
#include "runtime/image/fault.h"
#include "runtime/image/part.h"

#include <jpeglib.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>

namespace tideline::image {

// The colours of the decoded pixels. CMYK becomes RGB.
enum class JpegColours { rgb, as_stored };

class JpegDecoder {
 public:
  // `file` must outlive the decoder.
  explicit JpegDecoder(std::span<const std::byte> file);
  ~JpegDecoder();
  JpegDecoder(const JpegDecoder&) = delete;
  JpegDecoder& operator=(const JpegDecoder&) = delete;

  // Reads the header. Returns corrupt unless it says that size; call it first. REQUIRES, of decode(): it succeeded.
  Result<void> open(const Size& stored);
  // Returns the number of colours that the file stores.
  int stored_channels() const { return state_.num_components; }

  // Returns at least the window, which is counted in decoded pixels: those of the file, divided by `reduction` and
  // rounded up. Returns corrupt when any of the file is damaged or missing, even outside the window. REQUIRES: the
  // reduction is 1, 2, 4 or 8; the window is within the decoded image.
  Result<Part> decode(int reduction, const Window& window, JpegColours colours);

 private:
  static void leave(j_common_ptr state);
  static void judge_warning(j_common_ptr state, int level);
  static void count_scans(j_common_ptr state);

  Error damaged() const;
  void choose(int reduction, JpegColours colours);
  void crop(const Window& window);
  void skip(std::int32_t rows);
  void read(const Draft& draft);
  void read_rest(std::int32_t rows, std::size_t row_size);

  std::span<const std::byte> file_;
  Fault fault_;
  jpeg_decompress_struct state_{};
  jpeg_error_mgr errors_{};
  jpeg_progress_mgr progress_{};
  Window cropped_;  // What is read: the window, and what of its rows libjpeg adds.
};

}  // namespace tideline::image
