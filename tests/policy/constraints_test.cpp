#include "policy/constraints.h"

#include "tests/policy/tables.h"

namespace tideline {
namespace {

using namespace tideline::testing;

TEST(Constraints, WhatIsAbsentForbidsNothing) {
  for (const std::uint32_t cut : {0u, 2u, 4'000'000'000u})
    for (const Codec codec : all_codecs()) EXPECT_TRUE(Constraints{}.allows(plan(cut, codec)));
}

TEST(Constraints, ACutDeeperThanTheDeepestIsNotAllowed) {
  const Constraints constraints{.deepest_cut = 1};
  for (const Codec codec : all_codecs()) {
    EXPECT_TRUE(constraints.allows(plan(0, codec)));
    EXPECT_TRUE(constraints.allows(plan(1, codec)));
    EXPECT_FALSE(constraints.allows(plan(2, codec)));
  }
}

}  // namespace
}  // namespace tideline
