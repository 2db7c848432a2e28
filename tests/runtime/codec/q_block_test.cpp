#include "runtime/codec/q_block.h"

#include "runtime/codec/q_contexts.h"
#include "runtime/codec/q_entropy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <random>
#include <vector>

namespace tideline::codec {
namespace {

using CodeList = std::vector<std::int16_t>;

CodeList random_codes(std::size_t count, double spread, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal(0, spread);
  CodeList codes(count);
  for (auto& code : codes)
    code = static_cast<std::int16_t>(std::clamp<double>(std::round(normal(random)), -kLargestCode, kLargestCode));
  return codes;
}

std::vector<std::byte> encoded(const CodeList& codes, const CodeList& before, Grid grid) {
  std::vector<std::byte> wire;
  encode_block(codes, before, grid, wire);
  return wire;
}

// Returns nothing if the block is corrupt, or if bytes are left.
std::optional<CodeList> decoded(std::span<const std::byte> wire, std::size_t count, const CodeList& before, Grid grid) {
  CodeList codes(count);
  if (!decode_block(wire, before, grid, codes) || !wire.empty()) return std::nullopt;
  return codes;
}

TEST(Block, GivesBackCodesOfAnySizeAndGrid) {
  for (const double spread : {0.0, 0.3, 2.0, 40.0, 9000.0})
    for (const std::size_t count : {1U, 7U, 49U, 1000U, 65536U})
      for (const Grid grid : {Grid{1, 1}, Grid{7, 49}, Grid{50, 50}, Grid{256, 65536}}) {
        const CodeList codes = random_codes(count, spread, 1);
        EXPECT_EQ(decoded(encoded(codes, {}, grid), count, {}, grid), codes) << spread << " " << count;
      }
}

TEST(Block, GivesBackCodesNextToAnyBefore) {
  for (const double spread : {0.0, 0.4, 3000.0}) {
    const CodeList before = random_codes(980, 30, 1), change = random_codes(980, spread, 2);
    CodeList codes(before.size());
    for (std::size_t i = 0; i < codes.size(); ++i)
      codes[i] = static_cast<std::int16_t>(std::clamp(before[i] + change[i], -kLargestCode, kLargestCode));
    EXPECT_EQ(decoded(encoded(codes, before, {7, 49}), codes.size(), before, {7, 49}), codes) << spread;
  }
}

TEST(Block, RefersToTheCodesBeforeOnlyWhereThatIsShorter) {
  const CodeList before = random_codes(980, 30, 1), other = random_codes(980, 0.2, 2);
  std::vector<std::byte> same, apart;
  EXPECT_TRUE(encode_block(before, before, {7, 49}, same));
  EXPECT_LT(same.size(), 12U);
  EXPECT_FALSE(encode_block(other, before, {7, 49}, apart));
  EXPECT_EQ(apart, encoded(other, {}, {7, 49}));
}

TEST(Block, PredictsSmoothPlanes) {
  CodeList slope(1024);
  for (std::size_t i = 0; i < slope.size(); ++i) slope[i] = static_cast<std::int16_t>(i / 32 + i % 32);
  EXPECT_LT(encoded(slope, {}, {32, 1024}).size(), 200U);
}

TEST(Block, TakesALittleOverTheEntropyOfIndependentCodes) {
  const std::size_t count = 65536;
  const CodeList codes = random_codes(count, 3, 3);
  std::map<int, double> counts;
  for (const int code : codes) ++counts[code];
  double bits = 0;
  for (const auto& [code, n] : counts) bits -= n * std::log2(n / static_cast<double>(count));
  const auto size = static_cast<double>(encoded(codes, {}, {256, 65536}).size());
  EXPECT_GT(size, bits / 8);
  EXPECT_LT(size, 1.01 * bits / 8 + 200);
}

TEST(Block, ThatIsCutShortOrChangedIsRefusedOrGivesOtherCodes) {
  const CodeList codes = random_codes(490, 4, 1), before = random_codes(490, 4, 2);
  const std::vector<std::byte> wire = encoded(codes, {}, {7, 49});
  for (std::size_t size = 0; size < wire.size(); ++size)
    EXPECT_FALSE(decoded(std::span(wire).first(size), codes.size(), {}, {7, 49})) << size;
  for (std::size_t at = 0; at < wire.size(); ++at)
    for (const int bit : {1, 16, 128}) {
      std::vector<std::byte> changed = wire;
      changed[at] ^= static_cast<std::byte>(bit);
      decoded(changed, codes.size(), before, {7, 49});  // Sanitizers look at what it reads.
    }
}

TEST(Block, ThatIsADifferenceIsRefusedWithoutTheCodesBefore) {
  const CodeList codes = random_codes(490, 30, 1);
  EXPECT_FALSE(decoded(encoded(codes, codes, {7, 49}), codes.size(), {}, {7, 49}));
}

TEST(Block, WhoseCodesOverflowIsRefused) {
  const CodeList high(64, kLargestCode), low(64, -kLargestCode);
  EXPECT_EQ(decoded(encoded(high, low, {8, 64}), 64, low, {8, 64}), high);
  CodeList raised = low;
  raised.back() = 0;
  // A block of differences up to twice the largest code, against other codes than it was made with.
  std::vector<std::byte> wire;
  CodeList codes = low;
  codes.back() = kLargestCode;
  ASSERT_TRUE(encode_block(codes, raised, {8, 64}, wire));
  EXPECT_EQ(decoded(wire, 64, raised, {8, 64}), codes);
  EXPECT_FALSE(decoded(wire, 64, high, {8, 64}));
}

TEST(Symbols, OfAThousandMillionInTenBytesAreRefused) {
  std::vector<std::byte> wire;
  put_varint(1'000'000'000, wire);
  put_varint(0, wire);
  wire.push_back(std::byte{7});
  std::span<const std::byte> rest = wire;
  std::vector<std::uint8_t> room(1000);
  std::span<std::uint8_t> to = room;
  EXPECT_FALSE(decode_symbols(rest, to));
}

// The library's other codes take memory as their bytes say.
TEST(Symbols, InAnotherCodeOfTheLibraryAreRefused) {
  for (const int order : {0x01, 0x04, 0x08, 0x11, 0x18, 0x40, 0x50, 0x80, 0x90, 0xff}) {
    std::vector<std::byte> wire;
    put_varint(100, wire);
    put_varint(40, wire);
    wire.resize(wire.size() + 40, std::byte{3});
    wire[2] = static_cast<std::byte>(order);
    std::span<const std::byte> rest = wire;
    std::vector<std::uint8_t> room(100);
    std::span<std::uint8_t> to = room;
    EXPECT_FALSE(decode_symbols(rest, to)) << order;
  }
}

TEST(Varint, HoldsEveryNumberOf32BitsAndNoLargerOne) {
  for (const std::uint32_t number : {0U, 1U, 127U, 128U, 16383U, 16384U, 0xffffffffU}) {
    std::vector<std::byte> wire;
    put_varint(number, wire);
    std::span<const std::byte> rest = wire;
    std::uint32_t back = 1;
    EXPECT_TRUE(get_varint(rest, back) && rest.empty());
    EXPECT_EQ(back, number);
  }
  const std::vector<std::byte> large{std::byte{255}, std::byte{255}, std::byte{255}, std::byte{255}, std::byte{16}};
  std::span<const std::byte> rest = large;
  std::uint32_t number = 0;
  EXPECT_FALSE(get_varint(rest, number));
}

TEST(Grouping, JoinsLevelsThatAreAlikeAndPartsThoseThatAreNot) {
  std::array<Histogram, kLevels> alike{};
  for (Histogram& level : alike) level[0] = level[1] = 1000;
  EXPECT_EQ(best_grouping(alike).grouping.contexts(), 1U);
  std::array<Histogram, kLevels> apart{};
  for (std::size_t i = 0; i < kLevels; ++i) apart[i][i] = 1000, apart[i][i + 1] = 1000;
  EXPECT_EQ(best_grouping(apart).grouping.contexts(), kLevels);
}

}  // namespace
}  // namespace tideline::codec
