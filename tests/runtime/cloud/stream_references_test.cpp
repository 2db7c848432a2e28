#include "runtime/cloud/stream_references.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tideline::cloud {
namespace {

using testing::HasSubstr;

const std::string kStreamModel(64, 'a');
constexpr std::uint64_t kSize = 1000;  // Of one frame's codes, roughly; exactly size_of_frame().

TensorCodes codes() {
  std::vector<codec::Step> steps(1, codec::Step(0));
  return {std::make_shared<const codec::Codes>(std::move(steps), std::vector<std::int16_t>(kSize / 2)), nullptr};
}

std::uint64_t size_of_frame() {
  return codes()[0]->bytes();
}

wire::RunMessage frame(std::uint64_t stream, std::uint32_t number, std::uint32_t reference = 0) {
  wire::RunMessage asked{{kStreamModel, 2, plan::Codec::q4}, {}, 1, {}};
  asked.place = {.stream = stream, .frame = number, .reference = reference};
  return asked;
}

wire::Limits limits_of(std::uint64_t frames, std::uint64_t frames_of_peer) {
  wire::Limits limits;
  limits.references = {frames * size_of_frame()};
  limits.peer_references = {frames_of_peer * size_of_frame()};
  return limits;
}

// Two connections of one peer, and one of another.
struct Store {
  explicit Store(wire::Limits limits = {}, Budget::Bounds bounds = {64_MiB, 64_MiB})
      : budget(bounds), references(limits, budget) {}

  bool finds(const StreamReferences::From& from, const wire::RunMessage& asked) {
    const auto found = references.find(from, asked);
    return found && *found != nullptr;
  }
  ErrorKind refusal(const StreamReferences::From& from, const wire::RunMessage& asked) {
    const auto found = references.find(from, asked);
    EXPECT_FALSE(found);
    return found ? ErrorKind::internal : found.error().kind;
  }

  const std::string peer = "edge-1";
  const std::string stranger = "edge-2";
  const int sockets[3] = {};
  const StreamReferences::From here{&sockets[0], peer};
  const StreamReferences::From there{&sockets[1], peer};
  const StreamReferences::From other{&sockets[2], stranger};
  Budget budget;
  StreamReferences references;
};

TEST(CloudStreamReferences, AKeptFrameIsFoundOnItsOwnConnectionOnly) {
  Store store;
  ASSERT_TRUE(store.references.find(store.here, frame(1, 1)));
  store.references.keep(store.here, frame(1, 1), codes());
  EXPECT_TRUE(store.finds(store.here, frame(1, 2, 1)));
  EXPECT_EQ(store.refusal(store.there, frame(1, 2, 1)), ErrorKind::no_reference);
  EXPECT_EQ(store.refusal(store.other, frame(1, 2, 1)), ErrorKind::no_reference);
  EXPECT_EQ(store.refusal(store.here, frame(2, 2, 1)), ErrorKind::no_reference);
}

TEST(CloudStreamReferences, AFrameThatWasNeverSentIsNoReference) {
  Store store;
  store.references.keep(store.here, frame(1, 1), codes());
  EXPECT_EQ(store.refusal(store.here, frame(1, 9, 8)), ErrorKind::no_reference);
}

TEST(CloudStreamReferences, WhatContradictsTheStreamIsInvalid) {
  Store store;
  store.references.keep(store.here, frame(1, 1), codes());
  wire::RunMessage under_another_plan = frame(1, 2, 1);
  under_another_plan.plan.cut = 3;
  EXPECT_EQ(store.refusal(store.here, under_another_plan), ErrorKind::invalid);
  wire::RunMessage another_batch = frame(1, 3, 1);
  another_batch.batch = 2;
  EXPECT_EQ(store.refusal(store.here, another_batch), ErrorKind::invalid);
  EXPECT_TRUE(store.finds(store.here, frame(1, 4, 1)));
  EXPECT_EQ(store.refusal(store.here, frame(1, 4, 1)), ErrorKind::invalid);
  EXPECT_EQ(store.refusal(store.here, frame(1, 1)), ErrorKind::invalid);
}

TEST(CloudStreamReferences, FramesOlderThanTheReferenceNamedBeforeAreDropped) {
  Store store;
  for (std::uint32_t number = 1; number <= 4; ++number) store.references.keep(store.here, frame(1, number), codes());
  EXPECT_TRUE(store.finds(store.here, frame(1, 5, 3)));
  EXPECT_EQ(store.references.counters().frames, 4u);
  EXPECT_TRUE(store.finds(store.here, frame(1, 6, 4)));
  EXPECT_EQ(store.references.counters().frames, 2u);  // 3 and 4.
  EXPECT_TRUE(store.finds(store.here, frame(1, 7, 3)));
  EXPECT_EQ(store.refusal(store.here, frame(1, 8, 2)), ErrorKind::no_reference);
}

TEST(CloudStreamReferences, TheNamedReferenceOutlivesManyLaterFrames) {
  Store store;
  store.references.keep(store.here, frame(1, 1), codes());
  for (std::uint32_t number = 2; number <= 30; ++number) {
    ASSERT_TRUE(store.finds(store.here, frame(1, number, 1))) << number;
    store.references.keep(store.here, frame(1, number, 1), codes());
  }
  EXPECT_EQ(store.references.counters().frames, 9u);
  EXPECT_TRUE(store.finds(store.here, frame(1, 31, 23)));
  EXPECT_EQ(store.refusal(store.here, frame(1, 32, 22)), ErrorKind::no_reference);
}

TEST(CloudStreamReferences, TheStreamOfAPeerThatWasUsedLeastRecentlyMakesRoom) {
  Store store(limits_of(100, 3));
  for (const std::uint64_t stream : {1, 2, 3}) store.references.keep(store.here, frame(stream, 1), codes());
  EXPECT_TRUE(store.finds(store.here, frame(1, 2, 1)));
  store.references.keep(store.there, frame(4, 1), codes());
  EXPECT_EQ(store.refusal(store.here, frame(2, 2, 1)), ErrorKind::no_reference);
  for (const std::uint64_t stream : {1, 3}) EXPECT_TRUE(store.finds(store.here, frame(stream, 3, 1)));
  EXPECT_TRUE(store.finds(store.there, frame(4, 3, 1)));
}

TEST(CloudStreamReferences, APeerWithManyStreamsDropsItsOwnFirst) {
  wire::Limits limits = limits_of(100, 50);
  limits.peer_streams = 10;
  Store store(limits);
  store.references.keep(store.other, frame(1, 1), codes());
  for (std::uint64_t stream = 1; stream <= 1000; ++stream) store.references.keep(store.here, frame(stream, 1), codes());
  EXPECT_EQ(store.references.counters().streams, 11u);
  EXPECT_TRUE(store.finds(store.other, frame(1, 2, 1)));
}

TEST(CloudStreamReferences, TheOldestOfAllMakesRoomWhenAllIsTaken) {
  Store store(limits_of(4, 4));
  store.references.keep(store.other, frame(1, 1), codes());
  for (const std::uint64_t stream : {1, 2, 3, 4}) store.references.keep(store.here, frame(stream, 1), codes());
  EXPECT_EQ(store.references.counters().frames, 4u);
  EXPECT_EQ(store.references.counters().bytes.count, 4 * size_of_frame());
  EXPECT_EQ(store.refusal(store.other, frame(1, 2, 1)), ErrorKind::no_reference);
}

TEST(CloudStreamReferences, AStreamThatFillsAllByItselfKeepsItsNewestFrames) {
  Store store(limits_of(3, 3));
  for (std::uint32_t number = 1; number <= 20; ++number) store.references.keep(store.here, frame(1, number), codes());
  EXPECT_EQ(store.references.counters().frames, 3u);
  EXPECT_TRUE(store.finds(store.here, frame(1, 21, 20)));
}

TEST(CloudStreamReferences, AFrameThatCannotFitIsNotKept) {
  Store store(limits_of(100, 0));
  store.references.keep(store.here, frame(1, 1), codes());
  EXPECT_EQ(store.references.counters().streams, 0u);
  Store without_codes;
  without_codes.references.keep(without_codes.here, frame(1, 1), {nullptr, nullptr});
  EXPECT_EQ(without_codes.references.counters().streams, 0u);
}

TEST(CloudStreamReferences, TheyCountInTheBudgetUntilTheirLastUserIsDone) {
  Store store;
  store.references.keep(store.here, frame(1, 1), codes());
  EXPECT_EQ(store.budget.held_for(store.peer).count, size_of_frame());
  auto in_use = store.references.find(store.here, frame(1, 2, 1));
  ASSERT_TRUE(in_use);
  store.references.forget(store.here.connection);
  EXPECT_EQ(store.budget.held_for(store.peer).count, size_of_frame());
  *in_use = nullptr;
  EXPECT_EQ(store.budget.held().count, 0u);
}

TEST(CloudStreamReferences, TheyTakeAtMostAQuarterOfTheBudget) {
  Store store({}, {{16 * size_of_frame()}, {12 * size_of_frame()}});
  for (std::uint64_t stream = 1; stream <= 50; ++stream) store.references.keep(store.here, frame(stream, 1), codes());
  EXPECT_EQ(store.references.counters().frames, 3u);
  for (std::uint64_t stream = 1; stream <= 50; ++stream) store.references.keep(store.other, frame(stream, 1), codes());
  EXPECT_EQ(store.references.counters().frames, 4u);
}

TEST(CloudStreamReferences, ABudgetThatRequestsHaveTakenDropsStreamsOfTheSamePeer) {
  Store store({}, {{100 * size_of_frame()}, {100 * size_of_frame()}});
  store.references.keep(store.here, frame(1, 1), codes());
  store.references.keep(store.other, frame(1, 1), codes());
  const auto taken = store.budget.take(store.peer, {98 * size_of_frame()});
  ASSERT_TRUE(taken);
  store.references.keep(store.here, frame(2, 1), codes());
  EXPECT_EQ(store.refusal(store.here, frame(1, 2, 1)), ErrorKind::no_reference);
  EXPECT_TRUE(store.finds(store.here, frame(2, 2, 1)));
  EXPECT_TRUE(store.finds(store.other, frame(1, 2, 1)));
}

TEST(CloudStreamReferences, AnEndedConnectionLeavesNothing) {
  Store store;
  for (std::uint64_t stream = 0; stream < 5; ++stream) {
    store.references.keep(store.here, frame(stream, 1), codes());
    store.references.keep(store.there, frame(stream, 1), codes());
  }
  store.references.forget(store.here.connection);
  EXPECT_EQ(store.references.counters().streams, 5u);
  EXPECT_TRUE(store.finds(store.there, frame(0, 2, 1)));
  store.references.forget(store.there.connection);
  EXPECT_EQ(store.references.counters().streams, 0u);
  EXPECT_EQ(store.references.counters().bytes.count, 0u);
  EXPECT_EQ(store.budget.held().count, 0u);
  EXPECT_FALSE(store.references.give_way(store.peer));
}

}  // namespace
}  // namespace tideline::cloud
