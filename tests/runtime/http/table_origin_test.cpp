#include "runtime/http/table_origin.h"

#include <gtest/gtest.h>

namespace tideline::http {
namespace {

TEST(TableOrigin, TwoMachinesAreTheSameIfAllThatBothTellIsSo) {
  EXPECT_EQ(same_machine({{"cpu", "a"}, {"cores", "4"}}, {{"cpu", "a"}, {"cores", "4"}, {"memory", "1"}}), true);
  EXPECT_EQ(same_machine({{"cpu", "a"}, {"cores", "4"}}, {{"cpu", "a"}, {"cores", "2"}}), false);
  EXPECT_EQ(same_machine({{"cpu", "a"}}, {{"cpu", "a"}, {"cores", "2"}}), true);
  EXPECT_EQ(same_machine({{"libtorch", "1"}}, {{"libtorch", "2"}, {"cpu", "a"}}), std::nullopt);
  EXPECT_EQ(same_machine({}, {}), std::nullopt);
}

}  // namespace
}  // namespace tideline::http
