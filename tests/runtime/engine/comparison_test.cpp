#include "runtime/engine/comparison.h"

#include <gtest/gtest.h>

#include <limits>

namespace tideline::engine {
namespace {

Tensor fp32(Shape shape, const std::vector<float>& numbers) {
  return Tensor::copy_of(DType::fp32, std::move(shape), std::as_bytes(std::span(numbers)));
}

Tensor whole(const std::vector<std::int32_t>& numbers) {
  return Tensor::copy_of(DType::int32, {static_cast<std::int64_t>(numbers.size())}, std::as_bytes(std::span(numbers)));
}

plan::Agreement between(const Tensor& wanted, const Tensor& given) {
  Comparison comparison;
  comparison.add(std::span(&wanted, 1), std::span(&given, 1));
  return comparison.agreement();
}

TEST(Comparison, TheSameAgreesWholly) {
  const Tensor scores = fp32({1, 3}, {1, -4, 2});
  EXPECT_EQ(between(scores, scores), (plan::Agreement{1, 0, 1}));
}

TEST(Comparison, TheErrorIsTheLargestDifferenceOverTheLargestNumber) {
  EXPECT_EQ(between(fp32({1, 3}, {1, -4, 2}), fp32({1, 3}, {1.5, -4, 1})), (plan::Agreement{0, 0.25, 1}));
}

TEST(Comparison, EveryRowCountsForTop1) {
  const Tensor wanted = fp32({2, 2, 2}, {1, 2, 4, 3, 5, 6, 8, 7}), given = fp32({2, 2, 2}, {1, 2, 3, 4, 5, 6, 8, 7});
  EXPECT_DOUBLE_EQ(between(wanted, given).top1, 0.75);
}

TEST(Comparison, AddsUpOverInputsAndOutputs) {
  const std::vector<Tensor> wanted{fp32({2}, {1, 2}), fp32({2}, {2, 1})};
  const std::vector<Tensor> off{fp32({2}, {1, 2}), fp32({2}, {1, 2})};
  Comparison comparison;
  comparison.add(wanted, wanted);
  comparison.add(wanted, off);
  EXPECT_EQ(comparison.agreement(), (plan::Agreement{0.75, 0.5, 2}));
}

TEST(Comparison, WhatHasNoNumberToCompareWithIsAsWrongAsCanBe) {
  constexpr float kNone = std::numeric_limits<float>::quiet_NaN(), kEndless = std::numeric_limits<float>::infinity();
  EXPECT_EQ(between(fp32({2}, {0, 0}), fp32({2}, {0, 1})).max_error, plan::kWorstError);
  EXPECT_EQ(between(fp32({2}, {0, 1}), fp32({2}, {0, kNone})).max_error, plan::kWorstError);
  EXPECT_EQ(between(fp32({2}, {0, 1}), fp32({2}, {0, kEndless})).max_error, plan::kWorstError);
  EXPECT_EQ(between(fp32({2}, {0, kEndless}), fp32({2}, {0, kEndless})).max_error, 0);
}

TEST(Comparison, OtherTypesAgreeOrNot) {
  EXPECT_EQ(between(whole({1, 2}), whole({1, 2})), (plan::Agreement{1, 0, 1}));
  EXPECT_EQ(between(whole({1, 2}), whole({1, 3})), (plan::Agreement{0, 1, 1}));
}

TEST(Comparison, ASingleNumberIsARow) {
  EXPECT_EQ(between(fp32({}, {4}), fp32({}, {3})), (plan::Agreement{1, 0.25, 1}));
}

}  // namespace
}  // namespace tideline::engine
