#include "runtime/cloud/unidentified_peers.h"

#include <gtest/gtest.h>

#include <set>

namespace tideline::cloud {
namespace {

using Who = UnidentifiedPeers::Who;

class StrangersTest : public testing::Test {
 protected:
  Who who(int number) const { return &people_[number]; }
  std::optional<Who> add(int number, const std::string& from) {
    return strangers_.add(who(number), from, [this](Who one) { return !spoken_.contains(one); });
  }

  char people_[64]{};
  std::set<Who> spoken_;
  UnidentifiedPeers strangers_{8, 4};
};

TEST_F(StrangersTest, OneMoreFromAnAddressThatHasItsMostTakesThePlaceOfTheOldestSilent) {
  for (int i = 0; i < 4; ++i) EXPECT_EQ(add(i, "a"), std::nullopt);
  spoken_ = {who(0)};
  EXPECT_EQ(add(4, "a"), who(1));
  EXPECT_EQ(add(5, "a"), who(2));
  spoken_ = {who(0), who(3), who(4), who(5)};
  EXPECT_EQ(add(6, "a"), who(0)) << "all have said something, so the oldest goes";
  EXPECT_EQ(strangers_.size(), 4U);
  EXPECT_EQ(add(7, "b"), std::nullopt) << "another address has its own";
}

TEST_F(StrangersTest, WhenThereAreTooManyInAllOneGoesOfTheAddressThatHasMost) {
  for (int i = 0; i < 4; ++i) EXPECT_EQ(add(i, "b"), std::nullopt);
  for (int i = 4; i < 7; ++i) EXPECT_EQ(add(i, "a"), std::nullopt);
  EXPECT_EQ(add(7, "lonely"), std::nullopt);
  EXPECT_EQ(add(8, "c"), who(0));
  EXPECT_EQ(strangers_.size(), 8U);
}

TEST_F(StrangersTest, WhoIsKnownOrGoneMakesRoom) {
  for (int i = 0; i < 4; ++i) EXPECT_EQ(add(i, "a"), std::nullopt);
  strangers_.remove(who(2));
  strangers_.remove(who(2));
  EXPECT_EQ(strangers_.size(), 3U);
  EXPECT_EQ(add(4, "a"), std::nullopt);
  EXPECT_EQ(add(5, "a"), who(0));
}

}  // namespace
}  // namespace tideline::cloud
