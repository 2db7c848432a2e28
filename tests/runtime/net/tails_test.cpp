#include "runtime/net/tails.h"

#include "runtime/codec/codec.h"
#include "tests/support/lenet.h"

#include <gmock/gmock.h>

#include <cstring>

namespace tideline {
namespace {

using testing::HasSubstr;

// A lenet that takes up to four images at once.
std::shared_ptr<const Model> any_lenet() {
  const TemporaryFolder folder;
  EXPECT_TRUE(write_zoo_model("lenet", 1, folder / "lenet.pt"));
  set_compute_threads(1);
  Model::Options options;
  options.inputs = {*parse_tensor_spec("fp32[*,1,28,28]")};
  options.max_batch = 4;
  const auto loaded = Model::load(folder / "lenet.pt", options);
  EXPECT_TRUE(loaded) << loaded.error().message;
  return *loaded;
}

RunMessage asked(const Model& model, Codec codec, std::uint32_t batch, std::uint64_t size) {
  return {{model.digest(), 3, codec}, std::chrono::seconds(1), batch, {size}};
}

WireTensors copy_of(std::span<const std::byte> bytes) {
  WireTensors wire{{aligned_bytes(bytes.size())}, {bytes.size()}};
  std::memcpy(wire.memory[0].get(), bytes.data(), bytes.size());
  return wire;
}

TEST(Tails, TakeEveryBatchInEveryCodec) {
  const auto model = any_lenet();
  const Tails tails({{"lenet", model}});
  for (const Codec codec : all_codecs()) {
    for (std::uint32_t batch = 1; batch <= 4; ++batch) {
      const auto in = random_tensors(at_batch(model->inputs(), batch), 5);
      const auto crossing = model->run(model->head(3), in);
      ASSERT_TRUE(crossing);
      const Tensor wire = encode(codec, crossing->front());
      const RunMessage message = asked(*model, codec, batch, wire.bytes().size());
      const auto checked = tails.check(message);
      ASSERT_TRUE(checked) << checked.error().message;
      const auto outcome = tails.run(message, copy_of(wire.bytes()));
      ASSERT_TRUE(outcome) << outcome.error().message;
      const TensorSpec spec{"x", DType::fp32, crossing->front().shape()};
      const auto crossed = decode(codec, spec, wire.data(), wire.bytes().size());
      const auto answer = model->run(model->tail(3), std::vector{*crossed});
      ASSERT_TRUE(answer);
      EXPECT_TRUE(identical(outcome->outputs.front(), answer->front())) << name(codec) << " " << batch;
    }
  }
}

TEST(Tails, RefuseABatchThatTheModelDoesNotTake) {
  const auto model = any_lenet();
  const Tails any({{"lenet", model}}), one({{"lenet", lenet()}});
  const auto refused = [](const Tails& tails, const Model& of, std::uint32_t batch) {
    const auto checked = tails.check(asked(of, Codec::fp32, batch, of.cuts()[3].bytes.count * batch));
    return checked ? "" : checked.error().message;
  };
  EXPECT_THAT(refused(any, *model, 0), HasSubstr("takes batches of 1 to 4, not 0"));
  EXPECT_THAT(refused(any, *model, 5), HasSubstr("takes batches of 1 to 4, not 5"));
  EXPECT_THAT(refused(any, *model, ~0U), HasSubstr("takes batches of 1 to 4"));
  EXPECT_THAT(refused(one, *lenet(), 2), HasSubstr("takes batches of 1 to 1, not 2"));
}

TEST(Tails, SayWhatIsWrongWithBytesThatCannotBeDecoded) {
  const Tails tails({{"lenet", lenet()}});
  const TensorSpec& spec = lenet()->cuts()[3].tensors.front();
  const std::vector<std::byte> bytes(encoded_size(Codec::int8, spec).most.count);
  const RunMessage message = asked(*lenet(), Codec::int8, 1, bytes.size());
  ASSERT_TRUE(tails.check(message));
  const auto outcome = tails.run(message, copy_of(bytes));
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::corrupt);
  EXPECT_THAT(outcome.error().message, HasSubstr("is broken"));
}

TEST(Tails, RefuseSizesOfAnotherBatch) {
  const auto model = any_lenet();
  const Tails tails({{"lenet", model}});
  const std::uint64_t one = model->cuts()[3].bytes.count;
  for (const std::uint64_t size : {std::uint64_t{0}, one, 2 * one - 1, 2 * one + 4, one << 40, ~std::uint64_t{0}}) {
    const auto checked = tails.check(asked(*model, Codec::fp32, 2, size));
    ASSERT_FALSE(checked) << size;
    EXPECT_EQ(checked.error().kind, ErrorKind::invalid);
    EXPECT_THAT(checked.error().message, HasSubstr(fmt::format("takes {} bytes, not {}", 2 * one, size)));
  }
}

}  // namespace
}  // namespace tideline
