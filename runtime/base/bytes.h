// ByteWriter, ByteReader: write and read small little-endian binary headers; every read is bounds-checked.
#pragma once

#include "runtime/base/result.h"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace tideline {

static_assert(std::endian::native == std::endian::little,
              "The wire format is little-endian, so the machine must be little-endian");

class ByteWriter {
 public:
  template <typename T>
    requires std::is_integral_v<T>
  void put(T value) {
    const auto* from = reinterpret_cast<const std::byte*>(&value);
    bytes_.insert(bytes_.end(), from, from + sizeof value);
  }
  // Writes a length of 16 bits, then the characters. REQUIRES: text.size() < 65536.
  void put_text(std::string_view text) {
    put(static_cast<std::uint16_t>(text.size()));
    const auto* from = reinterpret_cast<const std::byte*>(text.data());
    bytes_.insert(bytes_.end(), from, from + text.size());
  }

  std::vector<std::byte> take() && { return std::move(bytes_); }

 private:
  std::vector<std::byte> bytes_;
};

// A read past the end returns zero or empty text and turns complete() false. Check once, after the last read.
class ByteReader {
 public:
  explicit ByteReader(std::span<const std::byte> bytes) : rest_(bytes) {}

  template <typename T>
    requires std::is_integral_v<T>
  T get() {
    T value{};
    if (!has(sizeof value)) return value;
    std::memcpy(&value, rest_.data(), sizeof value);
    rest_ = rest_.subspan(sizeof value);
    return value;
  }
  std::string get_text() {
    const auto size = get<std::uint16_t>();
    if (!has(size)) return {};
    std::string text(reinterpret_cast<const char*>(rest_.data()), size);
    rest_ = rest_.subspan(size);
    return text;
  }

  // Returns true iff every read so far was within the bytes.
  bool intact() const { return intact_; }
  // Returns true iff every read was within the bytes and no byte is left over.
  bool complete() const { return intact_ && rest_.empty(); }

 private:
  bool has(std::size_t size) {
    if (rest_.size() < size) intact_ = false;
    return intact_;
  }

  std::span<const std::byte> rest_;
  bool intact_ = true;
};

}  // namespace tideline
