#include "runtime/http/content_coding.h"

#include "runtime/base/tensor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdint>
#include <random>
#include <string>

namespace tideline::http {
namespace {

using testing::HasSubstr;

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

// In zlib's format, by zlib's own short call.
std::string deflated(const std::string& text) {
  std::string packed(::compressBound(text.size()), '\0');
  uLongf size = packed.size();
  EXPECT_EQ(::compress(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(text.data()),
                       text.size()),
            Z_OK);
  packed.resize(size);
  return packed;
}

const std::string kText = std::string(5000, 'a') + "the end";

TEST(ContentCoding, TheNamesOfHttpAreKnown) {
  EXPECT_EQ(coding_of(""), ContentCoding::none);
  EXPECT_EQ(coding_of("identity"), ContentCoding::none);
  EXPECT_EQ(coding_of("GZip"), ContentCoding::gzip);
  EXPECT_EQ(coding_of("x-gzip"), ContentCoding::gzip);
  EXPECT_EQ(coding_of("deflate"), ContentCoding::deflate);
  for (const char* other : {"br", "zstd", "gzip, gzip", "gzip, deflate", "gzip;q=1"})
    EXPECT_FALSE(coding_of(other)) << other;
}

TEST(ContentCoding, WhatIsPackedUnpacksToTheSame) {
  Body gzip, deflate;
  EXPECT_FALSE(inflate(ContentCoding::gzip, bytes_of(*gzipped(kText)), {.most = 1 << 20}, gzip));
  EXPECT_FALSE(inflate(ContentCoding::deflate, bytes_of(deflated(kText)), {.most = 1 << 20}, deflate));
  EXPECT_EQ(gzip.text(), kText);
  EXPECT_EQ(deflate.text(), kText);
}

TEST(ContentCoding, TheByteThatIsAskedForIsAligned) {
  Body body;
  ASSERT_FALSE(inflate(ContentCoding::gzip, bytes_of(*gzipped(kText)), {.most = 1 << 20, .aligned = 77}, body));
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(body.bytes().data() + 77) % kTensorAlignment, 0u);
}

TEST(ContentCoding, ABodyOfJustTheBoundIsTakenAndNotAByteMore) {
  Body just, beyond;
  EXPECT_FALSE(inflate(ContentCoding::gzip, bytes_of(*gzipped(kText)), {.most = kText.size()}, just));
  const auto fault = inflate(ContentCoding::gzip, bytes_of(*gzipped(kText)), {.most = kText.size() - 1}, beyond);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->status, 413);
  EXPECT_THAT(fault->why, HasSubstr("unpacks to more than the limit of 5006 bytes"));
}

TEST(ContentCoding, ABombIsRefusedWhileItUnpacks) {
  const std::string bomb = *gzipped(std::string(std::size_t{64} << 20, '\0'));
  ASSERT_LT(bomb.size(), 400'000u);
  Budget budget({4_MiB, 4_MiB});
  auto held = budget.take("client", {bomb.size()});
  Body body;
  const auto fault = inflate(ContentCoding::gzip, bytes_of(bomb), {.most = 1 << 20, .held = &*held}, body);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->status, 413);
  EXPECT_LE(body.size(), (1u << 20) + 1);
  EXPECT_LE(budget.held().count, bomb.size() + (1u << 20) + 1);
}

TEST(ContentCoding, MemoryIsTakenFromTheBudgetBeforeItIsUsed) {
  const std::string packed = *gzipped(std::string(900'000, 'x'));
  Budget small({Bytes{240'000}, Bytes{240'000}});
  auto held = small.take("client", {packed.size()});
  Body body;
  const auto never = inflate(ContentCoding::gzip, bytes_of(packed), {.most = 1 << 20, .held = &*held}, body);
  ASSERT_TRUE(never);
  EXPECT_EQ(never->status, 413) << "it can never fit";

  Budget busy({Bytes{300'000}, 4_MiB});
  auto part = busy.take("client", {packed.size()});
  Body later;
  const auto now = inflate(ContentCoding::gzip, bytes_of(packed), {.most = 1 << 20, .held = &*part}, later);
  ASSERT_TRUE(now);
  EXPECT_EQ(now->status, 503) << now->why;
}

TEST(ContentCoding, WhatIsNoneOfIsRefusedWithASentence) {
  const std::string good = *gzipped(kText);
  const std::pair<std::string, const char*> bad[] = {
      {"{}", "has an incorrect header check"},         {"", "ends early"},
      {good.substr(0, good.size() - 5), "ends early"}, {good + "x", "goes on after its end"},
      {good + good, "goes on after its end"},          {deflated(kText), "has an incorrect header check"},
  };
  for (const auto& [packed, how] : bad) {
    Body body;
    const auto fault = inflate(ContentCoding::gzip, bytes_of(packed), {.most = 1 << 20}, body);
    ASSERT_TRUE(fault) << how;
    EXPECT_EQ(fault->status, 400);
    EXPECT_THAT(fault->why, HasSubstr(how));
    EXPECT_THAT(fault->why, HasSubstr("not gzip as its Content-Encoding says"));
  }
}

TEST(ContentCoding, AClientAcceptsGzipOnlyIfItSaysSo) {
  for (const char* yes : {"gzip", "deflate, gzip", "br;q=1.0, gzip;q=0.8", "GZIP ; q=0.001", "gzip;q=1"})
    EXPECT_TRUE(accepts_gzip(yes)) << yes;
  for (const char* no : {"", "identity", "br", "*", "gzip;q=0", "gzip; q=0.000", "deflate;q=1, gzip;q=0.0", "xgzip"})
    EXPECT_FALSE(accepts_gzip(no)) << no;
}

TEST(ContentCoding, WhatDoesNotBecomeShorterIsNotPacked) {
  EXPECT_FALSE(gzipped(""));
  EXPECT_FALSE(gzipped("short"));
  std::mt19937 random(1);
  std::string noise(5000, '\0');
  for (char& byte : noise) byte = static_cast<char>(random());
  EXPECT_FALSE(gzipped(noise));
}

}  // namespace
}  // namespace tideline::http
