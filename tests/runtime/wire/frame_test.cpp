#include "runtime/wire/frame.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstddef>

namespace tideline::wire {
namespace {

using HeaderBytes = std::array<std::byte, FrameHeader::kSize>;

HeaderBytes header_with(std::size_t at, int value) {
  HeaderBytes bytes = encode(FrameHeader{FrameType::run, 7, 100, 2000});
  bytes[at] = static_cast<std::byte>(value);
  return bytes;
}

void expect_corrupt(const HeaderBytes& bytes, const std::string& words) {
  const Result<FrameHeader> header = decode_header(bytes, Limits{});
  ASSERT_FALSE(header) << words;
  EXPECT_EQ(header.error().kind, ErrorKind::corrupt);
  EXPECT_THAT(header.error().message, testing::HasSubstr(words));
}

TEST(Frame, AHeaderSurvivesTheWay) {
  const Result<FrameHeader> header = decode_header(encode(FrameHeader{FrameType::answer, ~0ULL, 64, 1 << 20}), {});
  ASSERT_TRUE(header) << header.error().message;
  EXPECT_EQ(header->type, FrameType::answer);
  EXPECT_EQ(header->id, ~0ULL);
  EXPECT_EQ(header->meta_size, 64U);
  EXPECT_EQ(header->payload_size, 1U << 20);
}

TEST(Frame, AnotherProtocolIsCorrupt) {
  for (std::size_t i = 0; i < 4; ++i) expect_corrupt(header_with(i, 'x'), "not speak the Tideline protocol");
}

TEST(Frame, AnotherVersionIsNamed) {
  expect_corrupt(header_with(4, 9), "the peer speaks version 9 of the Tideline protocol and this program version 8");
}

TEST(Frame, AnUnknownTypeIsCorrupt) {
  expect_corrupt(header_with(5, 0), "unknown frame type 0");
  expect_corrupt(header_with(5, 11), "unknown frame type 11");
  expect_corrupt(header_with(5, 255), "unknown frame type 255");
}

TEST(Frame, ReservedBytesHaveToBeZero) {
  for (const std::size_t at : {6, 7, 20, 21, 22, 23}) expect_corrupt(header_with(at, 1), "reserved");
}

TEST(Frame, SizesUpToTheLimitsAreTakenAndNoneBeyond) {
  Limits limits;
  limits.meta = Bytes{100};
  limits.payload = Bytes{2000};
  EXPECT_TRUE(decode_header(encode(FrameHeader{FrameType::run, 1, 100, 2000}), limits));
  const Result<FrameHeader> head = decode_header(encode(FrameHeader{FrameType::run, 1, 101, 2000}), limits);
  ASSERT_FALSE(head);
  EXPECT_THAT(head.error().message, testing::HasSubstr("metadata of 101 bytes"));
  const Result<FrameHeader> payload = decode_header(encode(FrameHeader{FrameType::run, 1, 100, ~0ULL}), limits);
  ASSERT_FALSE(payload);
  EXPECT_THAT(payload.error().message, testing::HasSubstr("exceeds the limit of 2000 bytes"));
}

}  // namespace
}  // namespace tideline::wire
