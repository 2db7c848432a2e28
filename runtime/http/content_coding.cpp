#include "runtime/http/content_coding.h"

#include "runtime/base/refusal_reasons.h"
#include "runtime/http/header_value.h"
#include "runtime/http/http_text.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <limits>
#include <memory>

namespace tideline::http {
namespace {

constexpr int kLargestWindow = 15;
constexpr int kAsGzip = 16;  // Added to the window: with gzip's head and checksum.
constexpr std::uint64_t kFirst = 64 << 10;
constexpr std::uint64_t kMostAtOnce = std::numeric_limits<uInt>::max();

Bytef* of_zlib(std::byte* bytes) {
  return reinterpret_cast<Bytef*>(bytes);
}

// zlib reads from where it may write by its type alone.
Bytef* of_zlib(const void* bytes) {
  return static_cast<Bytef*>(const_cast<void*>(bytes));
}

using Inflating = std::unique_ptr<z_stream, decltype(&::inflateEnd)>;
using Deflating = std::unique_ptr<z_stream, decltype(&::deflateEnd)>;

std::string_view coding_name(ContentCoding coding) {
  return coding == ContentCoding::gzip ? "gzip" : "deflate";
}

RequestFault not_packed(ContentCoding coding, std::string_view how) {
  return {400, fmt::format("the body is not {} as its Content-Encoding says: it {}", coding_name(coding), how)};
}

RequestFault no_room_unpacked(const Error& why) {
  if (why.kind == ErrorKind::invalid) return {413, "the unpacked body is too large: " + why.message};
  return {503, "no memory for the unpacked body now: " + why.message + "; retry later", refusal::kMemory};
}

RequestFault unpacks_too_far(const InflateBounds& bounds) {
  return {413, fmt::format("the body unpacks to more than the limit of {} bytes", bounds.most)};
}

// Takes memory for more of the body: twice as much as it has, up to the bound.
std::optional<RequestFault> make_room(const InflateBounds& bounds, std::uint64_t packed, Body& body) {
  if (body.size() > bounds.most) return unpacks_too_far(bounds);
  // One byte more than the bound: a body of just that size must still find its end.
  const std::uint64_t room = std::min(std::max<std::uint64_t>(2 * body.size(), kFirst), bounds.most + 1);
  if (bounds.held)
    if (auto grown = bounds.held->grow({room}); !grown)
      return no_room_unpacked(grown.error());  // In addition to the old one.
  body.reserve(room, bounds.aligned);
  if (bounds.held) bounds.held->set({packed + room});
  return std::nullopt;
}

}  // namespace

std::optional<ContentCoding> coding_of(std::string_view content_encoding) {
  const std::string coding = lower_case(trim(content_encoding));
  if (coding.empty() || coding == "identity") return ContentCoding::none;
  if (coding == "gzip" || coding == "x-gzip") return ContentCoding::gzip;
  if (coding == "deflate") return ContentCoding::deflate;
  return std::nullopt;
}

std::optional<RequestFault> inflate(ContentCoding coding, std::span<const std::byte> packed,
                                    const InflateBounds& bounds, Body& body) {
  z_stream stream{};
  if (::inflateInit2(&stream, coding == ContentCoding::gzip ? kLargestWindow + kAsGzip : kLargestWindow) != Z_OK)
    return RequestFault{503, "no memory for unpacking the body now; retry later", refusal::kMemory};
  const Inflating ended(&stream, &::inflateEnd);
  std::span<const std::byte> rest = packed;
  for (int state = Z_OK; state != Z_STREAM_END;) {
    if (body.spare().empty())
      if (auto fault = make_room(bounds, packed.size(), body)) return fault;
    stream.next_in = of_zlib(rest.data());
    stream.avail_in = static_cast<uInt>(std::min<std::uint64_t>(rest.size(), kMostAtOnce));
    stream.next_out = of_zlib(body.spare().data());
    stream.avail_out = static_cast<uInt>(std::min<std::uint64_t>(body.spare().size(), kMostAtOnce));
    const std::size_t offered = stream.avail_in, room = stream.avail_out;
    state = ::inflate(&stream, Z_NO_FLUSH);
    const std::size_t taken = offered - stream.avail_in, given = room - stream.avail_out;
    rest = rest.subspan(taken);
    body.grow(given);
    if (state == Z_MEM_ERROR)
      return RequestFault{503, "no memory for unpacking the body now; retry later", refusal::kMemory};
    if (state != Z_OK && state != Z_STREAM_END && state != Z_BUF_ERROR)
      return not_packed(coding, stream.msg ? fmt::format("has an {}", stream.msg) : "needs a dictionary");
    if (state != Z_STREAM_END && taken == 0 && given == 0) return not_packed(coding, "ends early");
  }
  if (body.size() > bounds.most) return unpacks_too_far(bounds);
  if (!rest.empty()) return not_packed(coding, "goes on after its end");
  return std::nullopt;
}

bool accepts_gzip(std::string_view accept_encoding) {
  return accepts(accept_encoding, "gzip");
}

std::optional<std::string> gzipped(std::string_view text) {
  if (text.size() < 2 || text.size() > kMostAtOnce) return std::nullopt;
  z_stream stream{};
  constexpr int kMemory = 8;  // zlib's default.
  if (::deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kLargestWindow + kAsGzip, kMemory, Z_DEFAULT_STRATEGY) != Z_OK)
    return std::nullopt;
  const Deflating ended(&stream, &::deflateEnd);
  std::string packed(text.size() - 1, '\0');
  stream.next_in = of_zlib(text.data());
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = of_zlib(static_cast<void*>(packed.data()));
  stream.avail_out = static_cast<uInt>(packed.size());
  if (::deflate(&stream, Z_FINISH) != Z_STREAM_END) return std::nullopt;
  packed.resize(packed.size() - stream.avail_out);
  return packed;
}

}  // namespace tideline::http
