#include "runtime/image/exif.h"

#include "runtime/image/integers.h"

#include <libexif/exif-data.h>

#include <algorithm>
#include <memory>
#include <string_view>
#include <vector>

namespace tideline::image {
namespace {

constexpr std::string_view kIntroduction{"Exif\0\0", 6};

// What fits into a JPEG. Other formats allow more; the orientation stands near the front.
constexpr std::size_t kMostExif = 65533;

// libexif wants the introduction, which PNG and WebP leave out.
std::vector<unsigned char> introduced(std::span<const std::byte> exif) {
  std::vector<unsigned char> all(kIntroduction.begin(), kIntroduction.end());
  const auto rest = exif.first(std::min(exif.size(), kMostExif)).subspan(has(exif, 0, kIntroduction) ? 6 : 0);
  std::ranges::transform(rest, std::back_inserter(all), [](std::byte b) { return std::to_integer<unsigned char>(b); });
  return all;
}

}  // namespace

int exif_orientation(std::span<const std::byte> exif) {
  const std::unique_ptr<ExifData, void (*)(ExifData*)> data(exif_data_new(), exif_data_unref);
  if (!data) return 1;
  exif_data_unset_option(data.get(), EXIF_DATA_OPTION_FOLLOW_SPECIFICATION);
  const std::vector<unsigned char> bytes = introduced(exif);
  exif_data_load_data(data.get(), bytes.data(), static_cast<unsigned int>(bytes.size()));
  const ExifEntry* const entry = exif_content_get_entry(data->ifd[EXIF_IFD_0], EXIF_TAG_ORIENTATION);
  if (entry == nullptr || entry->format != EXIF_FORMAT_SHORT || entry->components != 1 || entry->size < 2) return 1;
  const int orientation = exif_get_short(entry->data, exif_data_get_byte_order(data.get()));
  return orientation >= 1 && orientation <= 8 ? orientation : 1;
}

}  // namespace tideline::image
