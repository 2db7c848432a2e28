#include "runtime/cloud/tails.h"

#include "runtime/codec/codec.h"
#include "tests/runtime/wire/loopback.h"
#include "tests/support/temporary.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <span>

namespace tideline::cloud {
namespace {

using testing::HasSubstr;

// A lenet that takes up to four images at once.
std::shared_ptr<const model::Model> any_lenet() {
  const TemporaryFolder folder;
  EXPECT_TRUE(zoo::write_zoo_model("lenet", 1, folder / "lenet.pt"));
  model::set_compute_threads(1);
  model::Model::Options options;
  options.inputs = {*parse_tensor_spec("fp32[*,1,28,28]")};
  options.max_batch = 4;
  const auto loaded = model::Model::load(folder / "lenet.pt", options);
  EXPECT_TRUE(loaded) << loaded.error().message;
  return *loaded;
}

wire::RunMessage asked(const model::Model& model, plan::Codec codec, std::uint32_t batch, std::uint64_t size) {
  return {{model.digest(), 3, codec}, std::chrono::seconds(1), batch, {size}};
}

WireTensors wire_of(std::span<const std::byte> bytes) {
  WireTensors wire{{aligned_bytes(bytes.size())}, {bytes.size()}};
  std::memcpy(wire.memory[0].get(), bytes.data(), bytes.size());
  return wire;
}

TEST(Tails, TakeEveryBatchInEveryCodec) {
  const auto model = any_lenet();
  const Tails tails({{"lenet", model}});
  for (const plan::Codec codec : plan::tensor_codecs()) {
    for (std::uint32_t batch = 1; batch <= 4; ++batch) {
      const auto in = model::random_tensors(at_batch(model->inputs(), batch), 5);
      const auto crossing = model->run(model->head(3), in);
      ASSERT_TRUE(crossing);
      const Tensor wire = codec::encode(codec, crossing->front());
      const wire::RunMessage message = asked(*model, codec, batch, wire.bytes().size());
      const auto checked = tails.check(message);
      ASSERT_TRUE(checked) << checked.error().message;
      const std::vector<RequestedTail> one{{message, wire_of(wire.bytes())}};
      const auto outcome = tails.run(one);
      ASSERT_TRUE(outcome) << outcome.error().message;
      const TensorSpec spec{"x", DType::fp32, crossing->front().shape()};
      const auto crossed = codec::decode(codec, spec, wire.data(), wire.bytes().size());
      const auto answer = model->run(model->tail(3), std::vector{*crossed});
      ASSERT_TRUE(answer);
      EXPECT_TRUE(identical(outcome->outputs.front().front(), answer->front())) << name(codec) << " " << batch;
    }
  }
}

TEST(Tails, RefuseABatchThatTheModelDoesNotTake) {
  const auto model = any_lenet();
  const Tails any({{"lenet", model}}), one({{"lenet", wire::lenet()}});
  const auto refused = [](const Tails& tails, const model::Model& of, std::uint32_t batch) {
    const auto checked = tails.check(asked(of, plan::Codec::fp32, batch, of.cuts()[3].bytes.count * batch));
    return checked ? "" : checked.error().message;
  };
  EXPECT_THAT(refused(any, *model, 0), HasSubstr("takes batches of 1 to 4, not 0"));
  EXPECT_THAT(refused(any, *model, 5), HasSubstr("takes batches of 1 to 4, not 5"));
  EXPECT_THAT(refused(any, *model, ~0U), HasSubstr("takes batches of 1 to 4"));
  EXPECT_THAT(refused(one, *wire::lenet(), 2), HasSubstr("takes batches of 1 to 1, not 2"));
}

TEST(Tails, SayWhatIsWrongWithBytesThatCannotBeDecoded) {
  const Tails tails({{"lenet", wire::lenet()}});
  const TensorSpec& spec = wire::lenet()->cuts()[3].tensors.front();
  const std::vector<std::byte> bytes(codec::encoded_size(plan::Codec::q16, spec).most.count, std::byte{0xff});
  const wire::RunMessage message = asked(*wire::lenet(), plan::Codec::q16, 1, bytes.size());
  ASSERT_TRUE(tails.check(message));
  const std::vector<RequestedTail> one{{message, wire_of(bytes)}};
  const auto outcome = tails.run(one);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::corrupt);
  EXPECT_THAT(outcome.error().message, HasSubstr("are damaged"));
}

// What two tensors differ by at most. REQUIRES: both are fp32, of one shape.
float difference(const Tensor& a, const Tensor& b) {
  float most = 0;
  for (std::size_t i = 0; i < a.floats().size(); ++i) most = std::max(most, std::fabs(a.floats()[i] - b.floats()[i]));
  return most;
}

TEST(Tails, RunSeveralRequestsForOneImageAsOneBatch) {
  const auto model = wire::lenet();
  const Tails tails({{"lenet", model}});
  std::vector<RequestedTail> requests;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const auto crossing = model->run(model->head(3), model::random_tensors(model->inputs(), seed));
    const auto bytes = crossing->front().bytes();
    requests.push_back({asked(*model, plan::Codec::fp32, 1, bytes.size()), wire_of(bytes)});
  }
  const TailKind kind = tails.kind_of(requests[0].asked);
  EXPECT_EQ(kind, tails.kind_of(requests[1].asked));
  EXPECT_TRUE(tails.try_together(kind));
  const auto together = tails.run(requests);
  ASSERT_TRUE(together) << together.error().message;
  ASSERT_EQ(together->outputs.size(), requests.size());
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const auto alone = tails.run(std::span(requests).subspan(i, 1));
    ASSERT_TRUE(alone);
    EXPECT_EQ(together->outputs[i][0].shape(), alone->outputs[0][0].shape());
    EXPECT_LT(difference(together->outputs[i][0], alone->outputs[0][0]), 1e-4F);
  }
}

TEST(Tails, KnowHowManyRequestsAModelTakesAtOnce) {
  const auto model = any_lenet();
  const Tails tails({{"any", model}, {"one", wire::lenet()}});
  const std::uint64_t one = model->cuts()[3].bytes.count;
  EXPECT_EQ(tails.kind_of(asked(*model, plan::Codec::fp32, 1, one)).most, 4U);
  EXPECT_EQ(tails.kind_of(asked(*model, plan::Codec::fp32, 2, 2 * one)).most, 2U);
  EXPECT_NE(tails.kind_of(asked(*model, plan::Codec::fp32, 1, one)),
            tails.kind_of(asked(*model, plan::Codec::fp32, 2, 2 * one)));
  EXPECT_GE(tails.kind_of(asked(*wire::lenet(), plan::Codec::fp32, 1, wire::lenet()->cuts()[3].bytes.count)).most,
            256U);
}

TEST(Tails, RefuseSizesOfAnotherBatch) {
  const auto model = any_lenet();
  const Tails tails({{"lenet", model}});
  const std::uint64_t one = model->cuts()[3].bytes.count;
  for (const std::uint64_t size : {std::uint64_t{0}, one, 2 * one - 1, 2 * one + 4, one << 40, ~std::uint64_t{0}}) {
    const auto checked = tails.check(asked(*model, plan::Codec::fp32, 2, size));
    ASSERT_FALSE(checked) << size;
    EXPECT_EQ(checked.error().kind, ErrorKind::invalid);
    EXPECT_THAT(checked.error().message, HasSubstr(fmt::format("takes {} bytes, not {}", 2 * one, size)));
  }
}

}  // namespace
}  // namespace tideline::cloud
