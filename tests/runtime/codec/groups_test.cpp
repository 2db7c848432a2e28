#include "runtime/codec/groups.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace tideline::codec {
namespace {

using Pairs = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

Pairs listed(const Shape& shape) {
  Pairs groups;
  const auto found = groups_of(DType::fp32, shape);
  if (!found) return groups;
  found->each([&groups](std::uint64_t first, std::uint64_t count) {
    groups.emplace_back(first, count);
    return true;
  });
  return groups;
}

TEST(Groups, EveryChannelOfAnImageIsOne) {
  EXPECT_EQ(listed({2, 2, 7, 7}), (Pairs{{0, 49}, {49, 49}, {98, 49}, {147, 49}}));
}

TEST(Groups, ALargeChannelFallsIntoSeveral) {
  EXPECT_EQ(listed({1, 1, 100, 100}), (Pairs{{0, 4096}, {4096, 4096}, {8192, 1808}}));
}

TEST(Groups, ATokenFallsIntoStretches) {
  EXPECT_EQ(listed({1, 2, 200}), (Pairs{{0, 128}, {128, 72}, {200, 128}, {328, 72}}));
}

TEST(Groups, ARowFallsIntoStretches) {
  EXPECT_EQ(listed({2, 130}), (Pairs{{0, 128}, {128, 2}, {130, 128}, {258, 2}}));
}

TEST(Groups, TinyChannelsShareOneButNeverWithAnotherImage) {
  EXPECT_EQ(listed({2, 40, 2, 2}), (Pairs{{0, 128}, {128, 32}, {160, 128}, {288, 32}}));
  EXPECT_EQ(listed({2, 3, 5}), (Pairs{{0, 15}, {15, 15}}));
}

TEST(Groups, WhereAScaleDoesNotPayThereAreNone) {
  EXPECT_FALSE(groups_of(DType::fp32, {}));
  EXPECT_FALSE(groups_of(DType::fp32, {1000}));
  EXPECT_FALSE(groups_of(DType::fp32, {1000, 7}));
  EXPECT_FALSE(groups_of(DType::fp64, {2, 3, 4, 5}));
  EXPECT_FALSE(groups_of(DType::fp32, {0, 3, 0, 5}));
  EXPECT_TRUE(groups_of(DType::fp32, {1000, 8}));
}

TEST(Groups, TheyAreCountedAndSummedAsTheyAreListed) {
  for (const Shape& shape : {Shape{2, 2, 7, 7}, {1, 3, 100, 100}, {3, 2, 200}, {2, 130}, {2, 40, 2, 2}, {1, 8}}) {
    const auto groups = groups_of(DType::fp32, shape);
    ASSERT_TRUE(groups);
    std::uint64_t numbers = 0, squares = 0;
    const Pairs all = listed(shape);
    for (const auto& [first, count] : all) {
      EXPECT_EQ(first, numbers);
      numbers += count;
      squares += count * count;
    }
    EXPECT_EQ(groups->numbers(), numbers);
    EXPECT_EQ(groups->count(), all.size());
    EXPECT_EQ(groups->sum([](std::uint64_t count) { return count * count; }), squares);
  }
}

}  // namespace
}  // namespace tideline::codec
