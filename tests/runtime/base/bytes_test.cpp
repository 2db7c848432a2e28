#include "runtime/base/bytes.h"

#include <gtest/gtest.h>

#include <array>

namespace tideline {
namespace {

TEST(Bytes, WhatIsWrittenIsReadBack) {
  ByteWriter writer;
  writer.put<std::uint8_t>(7);
  writer.put<std::uint64_t>(0x0102030405060708);
  writer.put_text("cut");
  const std::vector<std::byte> bytes = std::move(writer).take();
  EXPECT_EQ(bytes[1], std::byte{8}) << "little-endian";

  ByteReader reader(bytes);
  EXPECT_EQ(reader.get<std::uint8_t>(), 7);
  EXPECT_EQ(reader.get<std::uint64_t>(), 0x0102030405060708u);
  EXPECT_EQ(reader.get_text(), "cut");
  EXPECT_TRUE(reader.complete());
}

TEST(Bytes, AReadPastTheEndYieldsZerosAndIsRemembered) {
  const std::array<std::byte, 3> bytes{std::byte{9}, std::byte{0},
                                       std::byte{'x'}};  // A text of nine characters, one there.
  ByteReader reader(bytes);
  EXPECT_EQ(reader.get_text(), "");
  EXPECT_EQ(reader.get<std::uint64_t>(), 0u);
  EXPECT_FALSE(reader.intact());
  EXPECT_FALSE(reader.complete());
}

TEST(Bytes, WhatIsLeftOverIsNotComplete) {
  const std::array<std::byte, 2> bytes{};
  ByteReader reader(bytes);
  reader.get<std::uint8_t>();
  EXPECT_TRUE(reader.intact());
  EXPECT_FALSE(reader.complete());
}

}  // namespace
}  // namespace tideline
