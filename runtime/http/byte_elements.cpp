#include "runtime/http/byte_elements.h"

namespace tideline::http {
namespace {

constexpr std::size_t kLengthBytes = 4;

std::uint32_t length_at(std::span<const std::byte> bytes) {
  std::uint32_t length = 0;
  for (std::size_t i = 0; i < kLengthBytes; ++i) length |= std::to_integer<std::uint32_t>(bytes[i]) << (8 * i);
  return length;
}

}  // namespace

Result<std::vector<std::span<const std::byte>>> split_elements(std::span<const std::byte> bytes, std::size_t count) {
  std::vector<std::span<const std::byte>> elements;
  elements.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    if (bytes.size() < kLengthBytes)
      return error(ErrorKind::invalid, "element {} of {} has no length; send 4 bytes, little-endian, before each", i,
                   count);
    const std::uint32_t length = length_at(bytes);
    bytes = bytes.subspan(kLengthBytes);
    if (length > bytes.size())
      return error(ErrorKind::invalid, "element {} is {} bytes long by its first 4 bytes, but only {} are left", i,
                   length, bytes.size());
    elements.push_back(bytes.first(length));
    bytes = bytes.subspan(length);
  }
  if (!bytes.empty())
    return error(ErrorKind::invalid, "{} bytes follow the last of {} elements; send as many as the shape says",
                 bytes.size(), count);
  return elements;
}

void append_sized(std::string& bytes, std::string_view element) {
  for (std::size_t i = 0; i < kLengthBytes; ++i) bytes.push_back(static_cast<char>(element.size() >> (8 * i) & 0xff));
  bytes += element;
}

}  // namespace tideline::http
