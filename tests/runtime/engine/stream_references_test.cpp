#include "runtime/engine/stream_references.h"

#include <gtest/gtest.h>

#include <memory>

namespace tideline::engine {
namespace {

const plan::Plan kPlan{std::string(64, 'a'), 2, plan::Codec::q4};
const plan::Plan kDeeper{std::string(64, 'a'), 3, plan::Codec::q4};
const plan::Plan kOtherModel{std::string(64, 'b'), 2, plan::Codec::q4};

std::shared_ptr<wire::ConnectionMark> connection() {
  return std::make_shared<wire::ConnectionMark>();
}

StreamReference answer(std::uint32_t frame, std::shared_ptr<const wire::ConnectionMark> on, std::size_t numbers = 8) {
  std::vector<codec::Step> steps(1, codec::Step(0));
  auto codes = std::make_shared<const codec::Codes>(std::move(steps), std::vector<std::int16_t>(numbers));
  return {frame, {std::move(codes)}, std::move(on)};
}

TEST(EdgeStreamReferences, TheLatestAnsweredFrameIsTheReference) {
  StreamReferences references;
  const auto here = connection();
  const auto first = references.next("camera", kPlan);
  EXPECT_EQ(first.frame, 1u);
  EXPECT_EQ(first.reference, nullptr);
  const auto second = references.next("camera", kPlan);
  EXPECT_EQ(second.frame, 2u);
  EXPECT_EQ(second.stream, first.stream);
  references.answered("camera", kPlan, first.stream, answer(2, here));
  references.answered("camera", kPlan, first.stream, answer(1, here));  // Answers come in any order.
  const auto third = references.next("camera", kPlan);
  ASSERT_NE(third.reference, nullptr);
  EXPECT_EQ(third.reference->frame, 2u);
  EXPECT_EQ(third.reference->connection, here);
}

TEST(EdgeStreamReferences, EachPlanOfASequenceIsAStreamOfItsOwn) {
  StreamReferences references;
  const auto at = references.next("camera", kPlan);
  references.answered("camera", kPlan, at.stream, answer(1, connection()));
  const auto deeper = references.next("camera", kDeeper);
  EXPECT_NE(deeper.stream, at.stream);
  EXPECT_EQ(deeper.reference, nullptr);
  EXPECT_NE(references.next("camera", kOtherModel).stream, at.stream);
  EXPECT_NE(references.next("camera", kPlan).reference, nullptr);
}

TEST(EdgeStreamReferences, AReferenceGoesWithItsConnection) {
  StreamReferences references;
  const auto here = connection();
  const auto at = references.next("camera", kPlan);
  references.answered("camera", kPlan, at.stream, answer(1, here));
  here->close();
  EXPECT_EQ(references.next("camera", kPlan).reference, nullptr);
}

TEST(EdgeStreamReferences, ALostReferenceIsNotNamedAgain) {
  StreamReferences references;
  const auto at = references.next("camera", kPlan);
  references.answered("camera", kPlan, at.stream, answer(1, connection()));
  references.lost("camera", kPlan, 7);
  EXPECT_NE(references.next("camera", kPlan).reference, nullptr);
  references.lost("camera", kPlan, 1);
  EXPECT_EQ(references.next("camera", kPlan).reference, nullptr);
  references.lost("unknown", kPlan, 1);
}

TEST(EdgeStreamReferences, AForgottenSequenceBeginsAgainUnderEveryPlanOfItsModel) {
  StreamReferences references;
  for (const plan::Plan& plan : {kPlan, kDeeper, kOtherModel}) {
    const auto at = references.next("camera", plan);
    references.answered("camera", plan, at.stream, answer(1, connection()));
  }
  const auto of_another = references.next("camera-2", kPlan);
  references.answered("camera-2", kPlan, of_another.stream, answer(1, connection()));
  const std::uint64_t before = references.next("camera", kPlan).stream;
  references.forget("camera", kPlan.model);
  const auto again = references.next("camera", kPlan);
  EXPECT_NE(again.stream, before);
  EXPECT_EQ(again.frame, 1u);
  EXPECT_EQ(again.reference, nullptr);
  EXPECT_EQ(references.next("camera", kDeeper).reference, nullptr);
  EXPECT_NE(references.next("camera", kOtherModel).reference, nullptr);
  EXPECT_NE(references.next("camera-2", kPlan).reference, nullptr);
}

TEST(EdgeStreamReferences, AnAnswerToAForgottenStreamIsNoReference) {
  StreamReferences references;
  const auto at = references.next("camera", kPlan);
  references.forget("camera", kPlan.model);
  references.answered("camera", kPlan, at.stream, answer(1, connection()));
  EXPECT_EQ(references.held().streams, 0u);
  references.next("camera", kPlan);
  references.answered("camera", kPlan, at.stream, answer(1, connection()));
  EXPECT_EQ(references.next("camera", kPlan).reference, nullptr);
}

TEST(EdgeStreamReferences, AMillionSequencesTakeNoMoreThanTheirBounds) {
  StreamReferences references({.memory = 1_MiB, .streams = 10});
  for (int i = 0; i < 1'000'000; ++i) references.next("s" + std::to_string(i), kPlan);
  EXPECT_EQ(references.held().streams, 10u);
  EXPECT_LE(references.held().memory.count, (1_MiB).count);
}

TEST(EdgeStreamReferences, TheLeastRecentlyUsedMakesRoom) {
  StreamReferences references({.memory = 24_KiB, .streams = 100});
  const auto here = connection();
  const auto ask = [&](const std::string& name) {
    const auto at = references.next(name, kPlan);
    references.answered(name, kPlan, at.stream, answer(at.frame, here, 5000));  // 10 kB each.
    return at.reference != nullptr;
  };
  EXPECT_FALSE(ask("a"));
  EXPECT_FALSE(ask("b"));
  EXPECT_TRUE(ask("a"));
  EXPECT_FALSE(ask("c"));
  EXPECT_TRUE(ask("a"));
  EXPECT_FALSE(ask("b"));
  EXPECT_LE(references.held().memory.count, (24_KiB).count);
}

TEST(EdgeStreamReferences, WithoutMemoryEveryFrameIsWhole) {
  StreamReferences references({.memory = {}, .streams = 100});
  for (int i = 0; i < 3; ++i) {
    const auto at = references.next("camera", kPlan);
    EXPECT_EQ(at.reference, nullptr);
    references.answered("camera", kPlan, at.stream, answer(at.frame, connection()));
  }
  EXPECT_EQ(references.held().memory.count, 0u);
}

}  // namespace
}  // namespace tideline::engine
