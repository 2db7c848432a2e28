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

RunMessage asked(const Model& model, std::uint32_t cut, std::uint64_t size) {
  return {{model.digest(), cut, Codec::fp32}, std::chrono::seconds(1), {size}};
}

TEST(Tails, TakeTheBatchThatTheSizesSay) {
  const auto model = any_lenet();
  const Tails tails({{"lenet", model}});
  for (std::int64_t batch = 1; batch <= 4; ++batch) {
    const auto in = random_tensors(at_batch(model->inputs(), batch), 5);
    const auto crossing = model->run(model->head(3), in);
    ASSERT_TRUE(crossing);
    const auto bytes = crossing->front().bytes();
    const RunMessage message = asked(*model, 3, bytes.size());
    ASSERT_TRUE(tails.check(message));
    WireTensors wire{{aligned_bytes(bytes.size())}, {bytes.size()}};
    std::memcpy(wire.memory[0].get(), bytes.data(), bytes.size());
    const auto outcome = tails.run(message, wire);
    ASSERT_TRUE(outcome) << outcome.error().message;
    const auto whole = model->run(model->whole(), in);
    ASSERT_TRUE(whole);
    EXPECT_TRUE(identical(outcome->outputs.front(), whole->front())) << batch;
  }
}

TEST(Tails, RefuseSizesOfNoBatch) {
  const auto model = any_lenet();
  const Tails tails({{"lenet", model}});
  const std::uint64_t one = model->cuts()[3].bytes.count;
  for (const std::uint64_t size : {std::uint64_t{0}, one - 1, one + 4, 5 * one, one << 40, ~std::uint64_t{0}}) {
    const auto checked = tails.check(asked(*model, 3, size));
    ASSERT_FALSE(checked) << size;
    EXPECT_EQ(checked.error().kind, ErrorKind::invalid);
    EXPECT_THAT(checked.error().message, HasSubstr("up to 4"));
  }
}

}  // namespace
}  // namespace tideline
