#include "runtime/wire/frame.h"

#include "runtime/base/bytes.h"

#include <algorithm>
#include <vector>

namespace tideline::wire {
namespace {

constexpr std::uint32_t kMagic = 0x45444954;  // "TIDE", as bytes in this order.

Error too_big(std::string_view part, std::uint64_t size, Bytes limit) {
  return error(ErrorKind::corrupt, "a frame's {} of {} bytes exceeds the limit of {} bytes", part, size, limit.count);
}

}  // namespace

std::array<std::byte, FrameHeader::kSize> encode(const FrameHeader& header) {
  ByteWriter writer;
  writer.put(kMagic);
  writer.put(kProtocolVersion);
  writer.put(static_cast<std::uint8_t>(header.type));
  writer.put(std::uint16_t{0});
  writer.put(header.id);
  writer.put(header.meta_size);
  writer.put(std::uint32_t{0});
  writer.put(header.payload_size);
  const std::vector<std::byte> bytes = std::move(writer).take();
  std::array<std::byte, FrameHeader::kSize> out{};
  std::copy(bytes.begin(), bytes.end(), out.begin());
  return out;
}

Result<FrameHeader> decode_header(std::span<const std::byte, FrameHeader::kSize> bytes, const Limits& limits) {
  ByteReader reader(bytes);
  if (bytes[0] == std::byte{0x16} && bytes[1] == std::byte{3}) {
    return error(ErrorKind::corrupt,
                 "the peer speaks TLS and this side does not; set tls.ca, tls.cert and tls.key here");
  }
  if (reader.get<std::uint32_t>() != kMagic) {
    return error(ErrorKind::corrupt, "the peer does not speak the Tideline protocol: a frame does not begin with TIDE");
  }
  if (const auto version = reader.get<std::uint8_t>(); version != kProtocolVersion) {
    return error(ErrorKind::corrupt,
                 "the peer speaks version {} of the Tideline protocol and this program version {}; run the same "
                 "release on both sides",
                 version, kProtocolVersion);
  }
  FrameHeader header;
  const auto type = reader.get<std::uint8_t>();
  if (type < static_cast<std::uint8_t>(FrameType::hello) || type > static_cast<std::uint8_t>(FrameType::goodbye)) {
    return error(ErrorKind::corrupt, "unknown frame type {}", type);
  }
  header.type = static_cast<FrameType>(type);
  const auto reserved_low = reader.get<std::uint16_t>();
  header.id = reader.get<std::uint64_t>();
  header.meta_size = reader.get<std::uint32_t>();
  const auto reserved_high = reader.get<std::uint32_t>();
  header.payload_size = reader.get<std::uint64_t>();
  if (reserved_low != 0 || reserved_high != 0) {
    return error(ErrorKind::corrupt, "the reserved bytes of a frame's header are not zero");
  }
  if (header.meta_size > limits.meta.count) return too_big("metadata", header.meta_size, limits.meta);
  if (header.payload_size > limits.payload.count) return too_big("payload", header.payload_size, limits.payload);
  return header;
}

}  // namespace tideline::wire
