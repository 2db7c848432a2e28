#include "runtime/model/kernels/packed.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <cstring>

namespace tideline {
namespace {

using kernels::onednn::Tag;

std::vector<float> numbers(const dnnl::memory& memory) {
  std::vector<float> read(6);
  std::memcpy(read.data(), memory.get_data_handle(), sizeof(float) * read.size());
  return read;
}

const std::vector<float> kRowValues{0, 1, 2, 3, 4, 5};
const std::vector<float> kColumns{0, 3, 1, 4, 2, 5};

kernels::Packed two_by_three() {
  return {at::arange(6, at::TensorOptions(at::kFloat)).reshape({2, 3}), {2, 3}, kernels::onednn::Tag::ab};
}

TEST(Packed, GivesTheWeightsInTheOrderThatIsAskedFor) {
  const kernels::Packed weights = two_by_three();
  EXPECT_EQ(numbers(weights.as(kernels::onednn::describe({2, 3}, kernels::onednn::Tag::ba))), kColumns);
  EXPECT_EQ(numbers(weights.as(kernels::onednn::describe({2, 3}, kernels::onednn::Tag::ab))), kRowValues);
  EXPECT_EQ(weights.bytes_in(at::kFloat), 24U);
}

TEST(Packed, WhatWasGivenInTheFirstOrderOutlivesAnotherOrder) {
  const kernels::Packed weights = two_by_three();
  const dnnl::memory as_given = weights.as(kernels::onednn::describe({2, 3}, kernels::onednn::Tag::ab));
  EXPECT_EQ(numbers(weights.as(kernels::onednn::describe({2, 3}, kernels::onednn::Tag::ba))), kColumns);
  const auto other = at::full({6}, 7.0, at::TensorOptions(at::kFloat));  // Would lie where the weights had been let go.
  EXPECT_EQ(numbers(as_given), kRowValues);
  EXPECT_EQ(numbers(weights.as(kernels::onednn::describe({2, 3}, kernels::onednn::Tag::ab))), kRowValues);
}

}  // namespace
}  // namespace tideline
