#include "runtime/link/answer_memory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

namespace tideline::link {
namespace {

const wire::AnswerMessage kAnswer{{}, {{DType::fp32, {1, 2}}, {DType::uint8, {3}}}};

Exchange asking() {
  wire::TailRequest tail;
  tail.outputs = {{"", DType::fp32, {1, 2}}, {"", DType::uint8, {3}}};
  return {1, std::move(tail)};
}

TEST(AnswerMemory, HoldsEachOutput) {
  const auto memory = AnswerMemory::of(asking(), kAnswer, 11);
  ASSERT_TRUE(memory);
  const auto parts = memory->parts();
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(parts[0].size(), 8u);
  EXPECT_EQ(parts[1].size(), 3u);
  std::memset(parts[1].data(), 5, 3);
  const std::vector<Tensor> outputs = memory->outputs();
  ASSERT_EQ(outputs.size(), 2u);
  EXPECT_EQ(outputs[0].shape(), (Shape{1, 2}));
  EXPECT_EQ(outputs[1].bytes()[2], std::byte{5});
}

TEST(AnswerMemory, RefusesAPayloadOfAnotherSize) {
  EXPECT_THAT(AnswerMemory::of(asking(), kAnswer, 10).error().message, testing::HasSubstr("do not fit its payload"));
  EXPECT_THAT(AnswerMemory::of(asking(), kAnswer, 12).error().message, testing::HasSubstr("longer than its outputs"));
}

TEST(AnswerMemory, RefusesAnAnswerToALoad) {
  const auto memory = AnswerMemory::of({1, wire::CloudLoad{}}, kAnswer, 11);
  ASSERT_FALSE(memory);
  EXPECT_EQ(memory.error().kind, ErrorKind::corrupt);
}

}  // namespace
}  // namespace tideline::link
