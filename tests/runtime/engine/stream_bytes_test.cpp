#include "runtime/engine/stream_bytes.h"

#include "runtime/codec/codec.h"
#include "runtime/engine/stream_frame.h"
#include "tests/support/images.h"
#include "tests/support/lenet.h"

#include <gmock/gmock.h>

#include <utility>

namespace tideline::engine {
namespace {

// Every codec of steps at two cuts.
std::vector<plan::Plan> all_steps() {
  std::vector<plan::Plan> plans;
  for (const std::uint32_t cut : {1U, 3U})
    for (const plan::Codec codec : plan::tensor_codecs())
      if (is_of_steps(codec)) plans.push_back({lenet()->digest(), cut, codec});
  return plans;
}

// A frame for each seed; equal seeds are equal frames.
SampleInputs clip(const std::vector<unsigned>& seeds) {
  std::vector<SampleInputs::Image> images;
  for (const unsigned seed : seeds) images.push_back({"frame", drawn_jpeg(120, 90, seed)});
  auto frames = SampleInputs::of_images(std::move(images), grey_digits());
  EXPECT_TRUE(frames) << frames.error().message;
  return *std::move(frames);
}

std::vector<Bytes> measured(const SampleInputs& frames, const std::vector<plan::Plan>& plans) {
  const auto bytes = stream_bytes(*lenet(), frames, plans);
  EXPECT_TRUE(bytes) << bytes.error().message;
  return bytes ? *bytes : std::vector<Bytes>(plans.size());
}

// The mean bytes of the frames after the first, each sent alone.
std::uint64_t alone(const SampleInputs& frames, const plan::Plan& plan) {
  std::uint64_t sum = 0;
  for (std::uint32_t i = 1; i < frames.size(); ++i) {
    Input input = frames.at(i);
    const std::vector<Tensor> crossing = *lenet()->run(lenet()->head(plan.cut), *input.tensors());
    for (const Tensor& tensor : crossing) sum += codec::encode(plan.codec, tensor).bytes().size();
  }
  const std::uint64_t count = frames.size() - 1;
  return (sum + count / 2) / count;
}

TEST(StreamBytes, OfEqualFramesAreFarFewerThanAlone) {
  const SampleInputs frames = clip({1, 1, 1, 1});
  const std::vector<plan::Plan> plans = all_steps();
  const std::vector<Bytes> bytes = measured(frames, plans);
  for (std::size_t i = 0; i < plans.size(); ++i) {
    EXPECT_GT(bytes[i].count, 0U);
    EXPECT_LT(10 * bytes[i].count, alone(frames, plans[i])) << plans[i].cut << name(plans[i].codec);
  }
}

TEST(StreamBytes, OfUnrelatedFramesAreAtMostThoseAlone) {
  const SampleInputs frames = clip({1, 40, 7, 93, 22});
  const std::vector<plan::Plan> plans = all_steps();
  const std::vector<Bytes> bytes = measured(frames, plans);
  for (std::size_t i = 0; i < plans.size(); ++i)
    EXPECT_LE(bytes[i].count, alone(frames, plans[i])) << plans[i].cut << name(plans[i].codec);
}

TEST(StreamBytes, LeaveOutTheFirstFrame) {
  const std::vector<plan::Plan> plan{{lenet()->digest(), 3, plan::Codec::q8}};
  EXPECT_EQ(measured(clip({1, 2}), plan), measured(clip({1, 2}), plan));
  const std::uint64_t still = measured(clip({1, 1}), plan)[0].count;
  EXPECT_EQ(measured(clip({1, 1, 1, 1, 1}), plan)[0].count, still);
  const std::uint64_t moved = measured(clip({1, 2}), plan)[0].count;
  EXPECT_EQ(measured(clip({1, 2, 2}), plan)[0].count, (moved + measured(clip({2, 2}), plan)[0].count + 1) / 2);
}

// The frames of a Session's stream go through this class.
TEST(StreamBytes, AreThoseThatAStreamSends) {
  const SampleInputs frames = clip({1, 1, 2, 3});
  const plan::Plan plan{lenet()->digest(), 3, plan::Codec::q4};
  StreamReferences references;
  std::uint64_t sum = 0;
  for (std::uint32_t i = 0; i < frames.size(); ++i) {
    Input input = frames.at(i);
    const std::vector<Tensor> crossing = *lenet()->run(lenet()->head(plan.cut), *input.tensors());
    StreamFrame frame(references, "camera", plan);
    for (const Tensor& wire : frame.encode(crossing)) sum += i == 0 ? 0 : wire.bytes().size();
    frame.answered(std::make_shared<const wire::ConnectionMark>());
  }
  EXPECT_EQ(measured(frames, {plan})[0].count, (sum + 1) / 3);
}

TEST(StreamBytes, TellOfEachFrame) {
  std::vector<std::uint32_t> done;
  ASSERT_TRUE(stream_bytes(*lenet(), clip({1, 2, 3}), std::vector<plan::Plan>{{lenet()->digest(), 1, plan::Codec::q1}},
                           [&done](std::uint32_t now) { done.push_back(now); }));
  EXPECT_EQ(done, (std::vector<std::uint32_t>{1, 2, 3}));
}

}  // namespace
}  // namespace tideline::engine
