#include "runtime/image/other_types.h"

#include "runtime/image/integers.h"

#include <algorithm>
#include <array>

namespace tideline::image {
namespace {

using namespace std::string_view_literals;

struct Type {
  std::size_t at;
  std::string_view characters;
  std::string_view name;
};

// The first that fits counts.
constexpr std::array kTypes{
    Type{0, "GIF8", "a GIF"},
    Type{0, "BM", "a BMP"},
    Type{0, "II*\0"sv, "a TIFF"},
    Type{0, "MM\0*"sv, "a TIFF"},
    Type{4, "ftypavi", "an AVIF"},
    Type{4, "ftyphei", "a HEIC"},
    Type{4, "ftyphev", "a HEIC"},
    Type{4, "ftypmif1", "a HEIF"},
    Type{4, "ftypmsf1", "a HEIF"},
    Type{4, "ftyp", "a video (MP4)"},
    Type{0, "\0\0\0\x0CJXL "sv, "a JPEG XL"},
    Type{0, "\xFF\x0A", "a JPEG XL"},
    Type{0, "\0\0\0\x0CjP  "sv, "a JPEG 2000"},
    Type{0, "\xFF\x4F\xFF\x51", "a JPEG 2000"},
    Type{8, "AVI ", "a video (AVI)"},
    Type{0, "\x1A\x45\xDF\xA3", "a video (Matroska)"},
    Type{0, "%PDF", "a PDF"},
    Type{0, "PK\x03\x04", "a ZIP archive"},
    Type{0, "\x1F\x8B", "compressed by gzip"},
    Type{0, "\x93NUMPY", "an array of NumPy"},
    Type{0, "data:", "a data: URL, not the bytes in it"},
    Type{0, "/9j/", "a JPEG in base64, not its bytes"},
    Type{0, "iVBORw0KGgo", "a PNG in base64, not its bytes"},
    Type{0, "UklGR", "a WebP in base64, not its bytes"},
    Type{0, "<svg", "an SVG"},
    Type{0, "<", "text (HTML or XML)"},
    Type{0, "{", "text (JSON)"},
    Type{0, "\xFF\xD8", "a JPEG without content"},
    Type{0, "\x89PNG", "a damaged PNG"},
    Type{0, "RIFF", "of another RIFF type"},
};

constexpr std::size_t kLookedAt = 64;

bool printable(std::byte character) {
  const auto code = std::to_integer<unsigned>(character);
  return code >= 0x20 || code == '\n' || code == '\r' || code == '\t';
}

}  // namespace

std::string_view other_type(std::span<const std::byte> file) {
  const auto* const found = std::ranges::find_if(kTypes, [&](const Type& t) { return has(file, t.at, t.characters); });
  if (found != kTypes.end()) return found->name;
  return std::ranges::all_of(file.first(std::min(file.size(), kLookedAt)), printable) ? "text" : "of no known type";
}

}  // namespace tideline::image
