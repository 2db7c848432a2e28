#include "runtime/engine/sample_inputs.h"

#include "policy/plan/agreement.h"
#include "tests/support/images.h"

#include <gtest/gtest.h>

namespace tideline::engine {
namespace {

TEST(SampleInputs, WhatClientsSentIsRealAndStaysAsItIs) {
  const auto taken = grey_digits();
  std::vector<Input> sent;
  for (unsigned seed = 0; seed < 3; ++seed) sent.emplace_back(std::vector{drawn_jpeg(28, 28, seed)}, *taken);
  const SampleInputs inputs = SampleInputs::of_clients(sent);
  ASSERT_EQ(inputs.size(), 3u);
  EXPECT_TRUE(identical(inputs.at(1).files()[0], sent[1].files()[0]));
  EXPECT_EQ(inputs.text(), "3 inputs of clients");
  EXPECT_TRUE(plan::are_real(inputs.text()));
  EXPECT_EQ(inputs.first(2).size(), 2u);
  EXPECT_TRUE(inputs.classes(0).empty());
}

}  // namespace
}  // namespace tideline::engine
