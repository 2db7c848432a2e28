// JPEG file: encodes pictures as JPEGs of many kinds.
#pragma once

#include "tests/runtime/image/pattern.h"

#include <jpeglib.h>

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <vector>

namespace tideline::image {

struct JpegKind {
  int quality = 90;
  int across = 2, down = 2;  // How many pixels share their chroma.
  bool progressive = false;
  bool scan_per_coefficient = false;  // Some 190 scans.
  int restart_rows = 0;
  File exif;
};

inline std::vector<jpeg_scan_info> many_scans() {
  std::vector<jpeg_scan_info> scans{{3, {0, 1, 2, 0}, 0, 0, 0, 0}};
  for (int component = 0; component < 3; ++component)
    for (int k = 1; k < 64; ++k) scans.push_back({1, {component, 0, 0, 0}, k, k, 0, 0});
  return scans;
}

inline void choose_kind(jpeg_compress_struct& state, const Picture& picture, const JpegKind& kind) {
  state.image_width = static_cast<JDIMENSION>(picture.width);
  state.image_height = static_cast<JDIMENSION>(picture.height);
  state.input_components = picture.channels;
  state.in_color_space = picture.channels == 1 ? JCS_GRAYSCALE : picture.channels == 3 ? JCS_RGB : JCS_CMYK;
  jpeg_set_defaults(&state);
  if (picture.channels == 4) jpeg_set_colorspace(&state, JCS_YCCK);
  jpeg_set_quality(&state, kind.quality, TRUE);
  state.comp_info[0].h_samp_factor = picture.channels == 3 ? kind.across : 1;
  state.comp_info[0].v_samp_factor = picture.channels == 3 ? kind.down : 1;
  state.restart_in_rows = kind.restart_rows;
  if (kind.progressive) jpeg_simple_progression(&state);
}

inline File jpeg_file(const Picture& picture, const JpegKind& kind = {}) {
  jpeg_compress_struct state{};
  jpeg_error_mgr errors{};
  unsigned char* memory = nullptr;
  unsigned long size = 0;
  state.err = jpeg_std_error(&errors);
  jpeg_create_compress(&state);
  jpeg_mem_dest(&state, &memory, &size);
  choose_kind(state, picture, kind);
  const std::vector<jpeg_scan_info> scans = many_scans();
  if (kind.scan_per_coefficient) {
    state.scan_info = scans.data();
    state.num_scans = static_cast<int>(scans.size());
  }
  jpeg_start_compress(&state, TRUE);
  if (!kind.exif.empty()) {
    File marker;
    append(marker, "Exif\0\0", 6);
    marker.insert(marker.end(), kind.exif.begin(), kind.exif.end());
    jpeg_write_marker(&state, JPEG_APP0 + 1, reinterpret_cast<const JOCTET*>(marker.data()),
                      static_cast<unsigned>(marker.size()));
  }
  for (std::int32_t y = 0; y < picture.height; ++y) {
    auto* row = const_cast<JSAMPROW>(picture.at(0, y));
    jpeg_write_scanlines(&state, &row, 1);
  }
  jpeg_finish_compress(&state);
  jpeg_destroy_compress(&state);
  File file;
  append(file, memory, size);
  std::free(memory);
  return file;
}

}  // namespace tideline::image
