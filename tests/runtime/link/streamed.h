// Requests in a stream, as an edge makes them: whole, or as differences to an earlier one.
#pragma once

#include "runtime/codec/q_codec.h"
#include "tests/runtime/wire/loopback.h"

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace tideline::link {

struct Streamed {
  wire::Asked asked;
  std::vector<std::shared_ptr<const codec::Codes>> codes;
};

// A request at cut 1 in q4. Its input differs little from that of other seeds; with `before`, it is a difference.
inline Streamed streamed(std::uint64_t seed, wire::StreamPlace place, const Streamed* before = nullptr) {
  const auto model = wire::lenet();
  std::vector<Tensor> input = model::random_tensors(model->inputs(), 1);
  std::vector<std::byte> bytes(input[0].bytes().begin(), input[0].bytes().end());
  reinterpret_cast<float*>(bytes.data())[seed % 784] += 1;
  input[0] = Tensor::copy_of(DType::fp32, input[0].shape(), bytes);
  const plan::Plan plan{model->digest(), 1, plan::Codec::q4};
  Streamed made{
      {*model->run(model->head(1), input), {plan, {}, wire::within(wire::kLong), 1, at_batch(model->outputs(), 1)}},
      {}};
  bool is_difference = false;
  for (std::size_t i = 0; i < made.asked.input.size(); ++i) {
    codec::Coded coded = codec::encode_q(plan.codec, made.asked.input[i], before ? before->codes[i].get() : nullptr);
    made.asked.request.wire.push_back(std::move(coded.wire));
    made.codes.push_back(std::move(coded.codes));
    is_difference = is_difference || coded.is_difference;
  }
  EXPECT_EQ(is_difference, before != nullptr);
  made.asked.request.place = place;
  return made;
}

inline bool is_right(const Streamed& sent, const wire::TailAnswer& answer) {
  return wire::same(answer.outputs, wire::expected(sent.asked));
}

}  // namespace tideline::link
